import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';

const folder = join(__dirname, 'histories');
const workflowBundle = { codePath: join(__dirname, '..', '..', 'dist', 'workflow-bundle.js') };

/** Runs that are in flight when a new version is deployed are replayed by it: these stand for them. */
describe('saved histories replay', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  test('there are some of each kind', () => {
    const ends = ['delivered', 'invalid', 'relaunched', 'cancelled', 'approved'];
    for (const kind of [...ends, 'ended', 'timedOut', 'light', 'fanOut', 'shard', 'batch', 'continued']) {
      expect(files.some((name) => name.endsWith(`-${kind}.json`))).toBe(true);
    }
  });

  test.each(files)('%s', async (name) => {
    const history = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    // Children are named after it.
    const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
  });

  test('a history that went another way does not replay', async () => {
    const history = JSON.parse(readFileSync(join(folder, files[0] ?? ''), 'utf8')) as { events: unknown[] };
    const text = JSON.stringify(history).replaceAll('"validateInput"', '"somethingElse"');
    await expect(Worker.runReplayHistory({ workflowBundle }, JSON.parse(text), 'changed')).rejects.toThrow();
  });
});
