import { createHash } from 'node:crypto';
import { shownUri } from '@etl/lib/text/shownUri';
import { canonicalUri } from '@etl/lib/uri';
import { resolveBatch } from '../batchIdentity';
import type { EventDetail } from '../event';
import { type Batch, workflowId } from '../layout';
import { namedSource } from '../plan';
import { type MessageItem, readMessage } from './readMessage';
import { decide, type IntakeRule, type NotTaken } from './rule';

/** A pipeline to start. */
export interface Start {
  readonly workflowId: string;
  readonly event: unknown;
  readonly batch: Batch;
  readonly sourceUri: string;
}

/** Why an item starts nothing. */
export type Ignored = 'testEvent' | 'notCreated' | NotTaken;

export interface Starts {
  readonly starts: readonly Start[];
  readonly ignored: readonly { readonly reason: Ignored; readonly what: string }[];
  /** Problems that no retry resolves: the message belongs in the dead-letter queue. */
  readonly problems: readonly string[];
}

/**
 * Returns the pipelines that a message starts. `messageId` is the same in every redelivery. It replaces the ID of an
 * event of ours that has none: sending such an event twice requests two runs, because the event does not identify a
 * content.
 */
export function startsOf(body: string, messageId: string, rule: IntakeRule, rawBase: string | undefined): Starts {
  const { items, problems } = readMessage(body);
  const starts: Start[] = [];
  const ignored: { reason: Ignored; what: string }[] = [];
  const found = [...problems];
  for (const each of items) {
    const result = startOf(each, messageId, rule, rawBase);
    if ('workflowId' in result) starts.push(result);
    else if ('problem' in result) found.push(result.problem);
    else ignored.push(result);
  }
  return { starts, ignored, problems: found };
}

function startOf(
  item: MessageItem,
  messageId: string,
  rule: IntakeRule,
  rawBase: string | undefined,
): Start | { reason: Ignored; what: string } | { problem: string } {
  if (item.kind === 'ignored') return { reason: item.reason, what: item.what };
  if (item.kind === 'event') {
    const { event, detail, id = messageId } = item;
    const sourceUri = namedSource(detail.s3Key, rawBase);
    return start(event, batchOfEvent(detail, sourceUri, rule, rawBase), sourceUri, id);
  }
  const decision = decide(item.file, rule);
  if (!decision.taken)
    return 'problem' in decision ? decision : { reason: decision.reason, what: shownUri(item.file.uri) };
  const { s3Key, batchDate } = decision;
  const detail = { ...decision.detail, s3Key, batchDate };
  const sourceUri = canonicalUri(s3Key) ?? shownUri(s3Key);
  return start({ detail }, resolveBatch(detail, sourceUri, rawBase), sourceUri, item.file.mark);
}

/** Returns the batch that an event delivers. */
export function batchOfEvent(
  detail: EventDetail,
  sourceUri: string,
  { datasets }: Pick<IntakeRule, 'datasets'>,
  rawBase: string | undefined,
): Batch {
  const found = datasets?.of(sourceUri, detail.dataset);
  const dataset = found?.kind === 'declared' ? found.dataset.name : detail.dataset;
  return resolveBatch({ ...detail, dataset }, sourceUri, rawBase);
}

/** Returns a start whose workflow ID is the batch's ID plus 12 hexadecimal digits that identify the content. */
function start(event: unknown, batch: Batch, sourceUri: string, mark: string): Start {
  const hash = createHash('sha256')
    .update(JSON.stringify([sourceUri, mark]))
    .digest('hex');
  return { workflowId: `${workflowId(batch)}/${hash.slice(0, 12)}`, event, batch, sourceUri };
}
