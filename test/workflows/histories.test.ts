import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';

const folder = join(__dirname, 'histories');
const workflowBundle = { codePath: join(__dirname, '..', '..', 'dist', 'workflow-bundle.js') };

/** Saved histories stand for runs that are in flight while a new version is deployed, which replays them. */
describe('saved histories replay', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  test('each kind has a saved history', () => {
    const ends = ['delivered', 'invalid', 'relaunched', 'cancelled', 'approved'];
    for (const kind of [...ends, 'ended', 'timedOut', 'light', 'fanOut', 'shard', 'batch', 'continued']) {
      expect(files.some((name) => name.endsWith(`-${kind}.json`))).toBe(true);
    }
  });

  test.each(files)('%s', async (name) => {
    const history = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    // The IDs of child workflows derive from the ID of the workflow.
    const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
  });

  test('a history that took another path does not replay', async () => {
    const history = JSON.parse(readFileSync(join(folder, files[0] ?? ''), 'utf8')) as { events: unknown[] };
    const text = JSON.stringify(history).replaceAll('"validateInput"', '"somethingElse"');
    await expect(Worker.runReplayHistory({ workflowBundle }, JSON.parse(text), 'changed')).rejects.toThrow();
  });
});
