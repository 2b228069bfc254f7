/**
 * In place of the thread that inspects heads (jest.config.js): tests read the sources, the thread's program is compiled. The thread
 * has tests of its own, which import it by its path.
 */
export { inspectHead as inspectInThread } from '@etl/pipeline/csv/inspectHead';
