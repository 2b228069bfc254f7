import type { Program } from '../ecs/program';
import type { StopRecord } from '../ecs/records';
import { slowDown } from './slow';
import type { TaskFault } from './taskFault';

/** The supervisor's means. */
export interface Stage {
  readonly programs: readonly Program[];
  declareStop(stopCode: StopRecord['stopCode'], reason: string, graceSeconds?: number): Promise<void>;
  /** Ends the program as the kernel does one that is out of memory. */
  outOfMemory(program: Program, exitCode: number): void;
}

/**
 * Does to a task what its faults say, counted from now, when its programs have just started. Returns what calls the
 * rest off. Part of the supervisor, so it leans on Node alone.
 */
export function playFaults(faults: readonly TaskFault[], stage: Stage): () => void {
  const slowed: (() => void)[] = [];
  const begin = (fault: TimedFault) => {
    if (fault.fault !== 'slow') return void play(fault, stage).catch(ended);
    const program = programOf(stage.programs, fault.container);
    if (program) slowed.push(slowDown(program, fault.share));
  };
  const timers = faults.flatMap((fault) =>
    'afterSeconds' in fault ? [setTimeout(() => begin(fault), fault.afterSeconds * 1000)] : [],
  );
  return () => {
    for (const timer of timers) clearTimeout(timer);
    for (const callOff of slowed) callOff();
  };
}

type TimedFault = Extract<TaskFault, { afterSeconds: number }>;

/** The state folder may have been deleted: that ends the task too. */
const ended = () => undefined;

async function play(fault: Exclude<TimedFault, { fault: 'slow' }>, stage: Stage): Promise<void> {
  const program = programOf(stage.programs, 'container' in fault ? fault.container : undefined);
  switch (fault.fault) {
    case 'spotInterruption':
      return stage.declareStop('SpotInterruption', 'Your Spot Task was interrupted.', fault.noticeSeconds);
    case 'stoppedBySomeone':
      return stage.declareStop('UserInitiated', fault.reason);
    case 'outOfMemory':
      if (program) stage.outOfMemory(program, fault.exitCode);
      return;
    case 'killed':
      program?.kill();
      return;
    case 'hostFailure':
      for (const each of stage.programs) each.kill();
      process.kill(process.pid, 'SIGKILL');
  }
}

/** The container that is named, or else the one that the task is about. */
function programOf(programs: readonly Program[], name: string | undefined): Program | undefined {
  return programs.find(({ container }) => (name === undefined ? container.essential : container.name === name));
}

/** Whether the exit code of this container is to be left out. */
export function hidesExitCode(faults: readonly TaskFault[], container: string): boolean {
  return faults.some(
    (fault) => fault.fault === 'nullExitCode' && (fault.container === undefined || fault.container === container),
  );
}
