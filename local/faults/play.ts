import type { Program } from '../ecs/program';
import type { StopRecord } from '../ecs/records';
import { slowDown } from './slow';
import type { TaskFault } from './taskFault';

/** Capabilities of the supervisor that faults use. */
export interface Stage {
  readonly programs: readonly Program[];
  declareStop(stopCode: StopRecord['stopCode'], reason: string, graceSeconds?: number): Promise<void>;
  /** Kills the program like the kernel's OOM killer. */
  outOfMemory(program: Program, exitCode: number): void;
}

/**
 * Injects a task's faults. Their delays start now, when the programs have just started. Returns a function that cancels
 * the remaining faults. Part of the supervisor, so it depends on Node alone.
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

/** Starts a fault and returns a function that cancels it. */
function play(fault: TimedFault, stage: Stage): () => void {
  const program = programOf(stage.programs, 'container' in fault ? fault.container : undefined);
  const declareStop = (...stop: Parameters<Stage['declareStop']>) => {
    // The state folder may have been deleted, which ends the task, too.
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

/** Returns the program of the named container, or of the essential container if no name is given. */
function programOf(programs: readonly Program[], name: string | undefined): Program | undefined {
  return programs.find(({ container }) => (name === undefined ? container.essential : container.name === name));
}

/** Returns whether to omit the exit code of this container. */
export function hidesExitCode(faults: readonly TaskFault[], container: string): boolean {
  return faults.some(
    (fault) => fault.fault === 'nullExitCode' && (fault.container === undefined || fault.container === container),
  );
}
