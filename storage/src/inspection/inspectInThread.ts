import { join } from 'node:path';
import type { HeadInspection, inspectHead } from '@etl/pipeline/csv/inspectHead';
import { type InspectionLimits, InspectionThread } from './inspectionThread';

/**
 * Limits of an inspection. An inspection takes 10 to 30 ms of CPU. A file with a long first line is inspected twice, and both have to fit
 * into an attempt of the step that validates (pipeline/src/definition.ts).
 */
export const inspectionLimits: InspectionLimits = { seconds: 10, queueSeconds: 15, heapMiB: 256 };

/** The compiled program, also for code that runs from its source. */
export const threadProgram = join(__dirname, '..', '..', 'dist', 'inspection', 'thread.js');

let thread: InspectionThread | undefined;

/**
 * Inspects the head of a file as `inspectHead` does, in a thread that all calls of the process share, with `inspectionLimits`. The
 * problem of a head that exceeds a limit is the limit.
 *
 * @throws {Error} when the thread dies or stays busy.
 */
export const inspectInThread: typeof inspectHead = (head, options): Promise<HeadInspection> => {
  thread ??= new InspectionThread(threadProgram, inspectionLimits);
  return thread.inspect(head, options);
};
