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
  const begun: (() => void)[] = [];
  const timers = faults.flatMap((fault) =>
    'afterSeconds' in fault ? [setTimeout(() => begun.push(play(fault, stage)), fault.afterSeconds * 1000)] : [],
  );
  return () => {
    for (const timer of timers) clearTimeout(timer);
    for (const callOff of begun) callOff();
  };
}

type TimedFault = Extract<TaskFault, { afterSeconds: number }>;

const nothingToCallOff = () => undefined;

/** Begins it, and returns what calls it off. */
function play(fault: TimedFault, stage: Stage): () => void {
  const program = programOf(stage.programs, 'container' in fault ? fault.container : undefined);
  const declareStop = (...stop: Parameters<Stage['declareStop']>) => {
    // The state folder may have been deleted: that ends the task too.
    stage.declareStop(...stop).catch(() => undefined);
  };
  switch (fault.fault) {
    case 'spotInterruption':
      declareStop('SpotInterruption', 'Your Spot Task was interrupted.', fault.noticeSeconds);
      break;
    case 'stoppedBySomeone':
      declareStop('UserInitiated', fault.reason);
      break;
    case 'outOfMemory':
      if (program) stage.outOfMemory(program, fault.exitCode);
      break;
    case 'killed':
      program?.kill();
      break;
    case 'slow':
      return program ? slowDown(program, fault.share) : nothingToCallOff;
    case 'hostFailure':
      for (const each of stage.programs) each.kill();
      process.kill(process.pid, 'SIGKILL');
  }
  return nothingToCallOff;
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
