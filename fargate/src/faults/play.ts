import type { Program } from '../run/program';
import type { TaskControls, TaskHooks } from '../run/supervise';
import type { TaskFault } from '../state/taskFault';
import { slowDown } from './slow';

/** Injects the faults of a task's record. Their delays start when the programs have started. */
export const injectedFaults: TaskHooks = {
  started({ faults = [] }, controls) {
    const begun: (() => void)[] = [];
    const timers = faults.flatMap((fault) =>
      'afterSeconds' in fault ? [setTimeout(() => begun.push(play(fault, controls)), fault.afterSeconds * 1000)] : [],
    );
    return () => {
      for (const timer of timers) clearTimeout(timer);
      for (const cancel of begun) cancel();
    };
  },
  hidesExitCode: ({ faults = [] }, container) =>
    faults.some(
      (fault) => fault.fault === 'nullExitCode' && (fault.container === undefined || fault.container === container),
    ),
};

type TimedFault = Extract<TaskFault, { afterSeconds: number }>;

const nothingToCancel = () => undefined;

/** Starts a fault and returns a function that cancels it. */
function play(fault: TimedFault, controls: TaskControls): () => void {
  const program = programOf(controls.programs, 'container' in fault ? fault.container : undefined);
  const declareStop = (...stop: Parameters<TaskControls['declareStop']>) => {
    // The state folder may have been deleted, which ends the task, too.
    controls.declareStop(...stop).catch(() => undefined);
  };
  switch (fault.fault) {
    case 'spotInterruption':
      declareStop('SpotInterruption', 'Your Spot Task was interrupted.', fault.noticeSeconds);
      break;
    case 'stoppedBySomeone':
      declareStop('UserInitiated', fault.reason);
      break;
    case 'outOfMemory':
      if (program) controls.outOfMemory(program, fault.exitCode);
      break;
    case 'killed':
      program?.kill();
      break;
    case 'slow':
      return program ? slowDown(program, fault.share) : nothingToCancel;
    case 'hostFailure':
      for (const each of controls.programs) each.kill();
      process.kill(process.pid, 'SIGKILL');
  }
  return nothingToCancel;
}

/** Returns the program of the named container, or of the essential container if no name is given. */
function programOf(programs: readonly Program[], name: string | undefined): Program | undefined {
  return programs.find(({ container }) => (name === undefined ? container.essential : container.name === name));
}
