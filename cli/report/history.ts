import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { decoded } from '../../client/decoded';
import type { Timeline } from '../../report/charts/timeline';
import { type TimelineFacts, timelineOf } from './timeline';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Events of a history that are read at most: a run of hundreds of shards has a few thousand. */
export const maxEvents = 20_000;

export interface ReadTimeline {
  readonly timeline?: Timeline;
  /** Whether the history has more events than are read. */
  readonly isCut: boolean;
}

/**
 * Reads the timeline of a run from its history.
 *
 * @throws the errors of the server, such as `NotFound`
 */
export async function readTimeline(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  facts: Omit<TimelineFacts, 'summaryOf'>,
): Promise<ReadTimeline> {
  const events: HistoryEvent[] = [];
  let token: Uint8Array | null | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      ...(token && { nextPageToken: token }),
    });
    events.push(...(page.history?.events ?? []));
    token = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (token && events.length < maxEvents);
  const summaries = await summariesOf(client, events);
  const timeline = timelineOf(events, { ...facts, summaryOf: (event) => summaries.get(event) });
  return { ...(timeline && { timeline }), isCut: token !== undefined };
}

async function summariesOf(client: Client, events: readonly HistoryEvent[]): Promise<Map<HistoryEvent, string>> {
  const summaries = new Map<HistoryEvent, string>();
  for (const event of events) {
    const summary = event.activityTaskScheduledEventAttributes && event.userMetadata?.summary;
    if (!summary) continue;
    // Without its key, a summary cannot be read.
    const text = await decoded<unknown>(summary, client.options.loadedDataConverter).catch(() => undefined);
    if (typeof text === 'string') summaries.set(event, text);
  }
  return summaries;
}
