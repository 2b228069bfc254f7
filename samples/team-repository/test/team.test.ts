import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows } from 'etl-orchestrator/worker';
import { chatText } from '../src/chatNotifier';
import { eventOf } from '../src/publish';

test('the event of a file names its dataset', () => {
  const { detail } = eventOf('orders', '2026-11-30');
  assert.equal(detail.dataset, 'orders');
  assert.match(detail.s3Key, /^file:\/\/\/.*\/landing\/orders_2026-11-30\.csv$/);
});

test('the chat shows alerts and successes differently', () => {
  const message = { subject: 'orders', body: 'text', attributes: {} };
  assert.notEqual(chatText({ topic: 'etl-success', ...message }), chatText({ topic: 'etl-alerts', ...message }));
});

/** As `temporal workflow show --output json` prints it. */
interface History {
  readonly events: readonly [{ readonly workflowExecutionStartedEventAttributes: { readonly workflowId: string } }];
}

test('saved histories replay with this version of the workflows', async () => {
  const workflowBundle = await bundleWorkflows(require.resolve('../src/workflows'));
  const folder = join('test', 'histories');
  for (const name of readdirSync(folder)) {
    const history = JSON.parse(readFileSync(join(folder, name), 'utf8')) as History;
    const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
  }
});
