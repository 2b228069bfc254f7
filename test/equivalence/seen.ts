import type { SinkPorts } from '../../activities/sinks/applySink';
import type { Scenario } from './scenarios';
import type { Trace } from './trace';

/** One attempt of an activity, as its worker observed it. Times are server times in milliseconds. */
export interface Attempted {
  /** When the previous attempt failed. */
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly end: string;
}

/** What the activities recorded of a run. */
export interface Seen {
  readonly scenario: Scenario;
  /** By activity ID. */
  readonly attempts: Map<string, Attempted[]>;
  readonly inputs: Map<string, unknown>;
  readonly messages: Trace['messages'][number][];
  readonly deadLetters: Trace['deadLetters'][number][];
  /** Sinks of the run, once one is applied. */
  sinks?: Promise<SinkPorts>;
  /** Generation of the last launch. */
  generation: number;
  readonly over: Promise<void>;
}

/** Returns the empty record of a run. `over` resolves when the run has ended. */
export const newRun = (scenario: Scenario, over: Promise<void>): Seen => ({
  scenario,
  attempts: new Map(),
  inputs: new Map(),
  messages: [],
  deadLetters: [],
  generation: 0,
  over,
});
