/**
 * Replaces the thread that inspects heads (jest.config.js): tests run the sources, but the thread runs a compiled
 * program. The tests of the thread import it by its path.
 */
export { inspectHead as inspectInThread } from '@etl/pipeline/csv/inspectHead';
