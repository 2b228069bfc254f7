import type { WorkflowHandle } from '@temporalio/client';
import { Rig } from '../../support/rig';
import { thorough } from '../../support/thorough';
import { names, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const count = thorough ? 40 : 10;

withServer('updates of a nightlyBatch that continues as new', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
  }, 60_000);
  afterAll(() => rig.stop(), 60_000);

  /** The batch accepts the update, or rejects it because its first file has not started or its last one has ended. */
  const allowed =
    /^at most \d files at once$|has ended: it cannot be changed|already completed|aborted by closing workflow/;

  /** Sends updates one after another until the batch has ended. Returns the answers. */
  const stream = async (batch: WorkflowHandle, ended: () => boolean): Promise<string[]> => {
    const answers: string[] = [];
    while (!ended()) {
      const args: [object] = [{ maxConcurrent: 2 + (answers.length % 2) }];
      const answer = batch.executeUpdate<string, [object]>('setConcurrency', { args });
      answers.push(await answer.catch(({ message, cause }: Error) => `${message}: ${(cause as Error)?.message}`));
    }
    return answers;
  };

  test('each update of several streams is executed or rejected because the batch has ended', async () => {
    const of = world(rig, { '2026-02-08': names(count) }, { maxConcurrent: 3 });
    await withBatch(
      rig,
      of,
      async ({ workflowId }) => {
        const batch = rig.env.client.workflow.getHandle(workflowId);
        let isOver = false;
        const streams = Array.from({ length: 8 }, () => stream(batch, () => isOver));
        expect(await batch.result()).toMatchObject({ delivered: count });
        isOver = true;
        const answers = (await Promise.all(streams)).flat();
        expect(answers.filter((each) => each.startsWith('at most')).length).toBeGreaterThan(count / 2);
        expect(answers.filter((each) => !allowed.test(each))).toEqual([]);
      },
      { startsPerRun: 2 },
    );
  }, 120_000);
});
