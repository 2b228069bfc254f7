import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseUri } from '@etl/lib/uri';
import type { LineageEvent, LineageSettings } from '@etl/pipeline/lineage/events';
import type { Logger } from 'pino';
import type { Lineage } from '../activities/ports';

/** Attempts to send an event, with the waits before the second and the third in milliseconds. */
const retryMs = [1_000, 5_000] as const;
const requestTimeoutMs = 10_000;
/** Events that wait for the collector. Further events are dropped, so that memory stays bounded. */
const maxWaiting = 1_000;

export interface LineageTarget {
  /** `http(s)://` address of the collector, or `file:///` path to which events are appended as JSON lines. */
  readonly url: string;
  readonly apiKey?: string | undefined;
}

/**
 * Creates the sender of lineage events. Events are sent in the background: a collector that does not answer delays no run,
 * and an event that cannot be sent is logged.
 */
export function createLineage(
  target: LineageTarget,
  settings: LineageSettings,
  log: Pick<Logger, 'warn'>,
  waits: readonly number[] = retryMs,
): Lineage {
  const send = target.url.startsWith('file:') ? appendTo(target.url) : postTo(target);
  const last = new Map<string, Promise<void>>();
  let waiting = 0;

  const attempt = async (event: LineageEvent): Promise<void> => {
    for (const wait of [...waits, undefined]) {
      try {
        return await send(event);
      } catch (error) {
        if (wait === undefined) throw error;
        await delay(wait, undefined, { ref: false });
      }
    }
  };

  return {
    settings,
    async send(event) {
      try {
        await attempt(event);
      } catch (error) {
        const { eventType, run } = event;
        log.warn({ eventType, runId: run.runId, error: (error as Error).message }, 'a lineage event was not sent');
      }
    },
    inOrder(key, work) {
      if (waiting >= maxWaiting) {
        log.warn({ runId: key }, `a lineage event was dropped: ${maxWaiting} events wait for the collector`);
        return Promise.resolve();
      }
      waiting++;
      const done = (last.get(key) ?? Promise.resolve()).then(work).finally(() => {
        waiting--;
        if (last.get(key) === done) last.delete(key);
      });
      last.set(key, done);
      return done;
    },
  };
}

function postTo({ url, apiKey }: LineageTarget): (event: LineageEvent) => Promise<void> {
  const endpoint = new URL('api/v1/lineage', url.endsWith('/') ? url : `${url}/`);
  return async (event) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${endpoint.origin} answered ${response.status}`);
  };
}

function appendTo(url: string): (event: LineageEvent) => Promise<void> {
  const location = parseUri(url);
  const path = location?.kind === 'file' ? location.path : '';
  return async (event) => {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, `${JSON.stringify(event)}\n`);
  };
}
