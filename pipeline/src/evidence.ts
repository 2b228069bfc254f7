import { consoleUrl } from '@etl/ecs/consoleUrl';
import { capped, cut } from '@etl/lib/capped';
import type { TaskEnd } from './failures/taskEnd';
import type { Launch } from './launches';

/** Details of a failure besides its type and reason: details of the ApplicationFailure, facts of the alert. */
export interface Evidence {
  readonly generation?: number;
  readonly taskArn?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly exitCode?: number;
  /** URL of the task in the AWS console; absent for a local task. */
  readonly console?: string;
  readonly logTail: readonly string[];
  /** Latest launches of the run up to the failure. */
  readonly launches?: readonly Launch[];
}

/** A run may wait for capacity a hundred times. Memo, failure and result have room for this many launches. */
export const maxShownLaunches = 20;

/** Returns evidence with bounded texts and lists. */
export function boundEvidence(evidence: Evidence): Evidence {
  const { stoppedReason, logTail, launches } = evidence;
  return {
    ...evidence,
    ...(stoppedReason !== undefined && { stoppedReason: cut(stoppedReason) }),
    logTail: capped(logTail),
    ...(launches && { launches: launches.slice(-maxShownLaunches) }),
  };
}

export const noEvidence: Evidence = { logTail: [] };

/** Returns the evidence that the end of a task gives. */
export function evidenceOf(generation: number, end: TaskEnd): Evidence {
  const { taskArn, stopCode, stoppedReason, exitCode, logTail } = end;
  const page = consoleUrl(taskArn);
  return {
    generation,
    taskArn,
    ...(stopCode !== undefined && { stopCode }),
    ...(stoppedReason !== undefined && { stoppedReason }),
    ...(exitCode !== undefined && { exitCode }),
    ...(page !== undefined && { console: page }),
    logTail,
  };
}
