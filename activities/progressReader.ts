import { parseJson } from '@etl/lib/json';
import { transform } from '@etl/pipeline/definition';
import type { Progress } from '@etl/pipeline/manifest';
import { progressOf, shareRead } from '@etl/pipeline/progress';
import type { ObjectStore } from '@etl/storage/objectStore';
import { reportSeconds } from './reportPace';

export interface ProgressReaderSettings {
  /** Minimum number of seconds between two reads. */
  readonly leastSeconds: number;
}

export interface FollowedProgress {
  /** Returns the latest progress that was read. */
  last(): Progress | undefined;
  stop(): void;
}

/**
 * Creates the one place of a worker that reads the progress of conversions, which the container writes beside its
 * checkpoint.
 */
export function createProgressReader(store: Pick<ObjectStore, 'readSmall'>, { leastSeconds }: ProgressReaderSettings) {
  let followed = 0;

  /** Best effort: unreadable progress does not end a wait. */
  async function read(uri: string): Promise<Progress | undefined> {
    try {
      const body = await store.readSmall(uri);
      return body && progressOf(parseJson(body.toString('utf8')));
    } catch {
      return undefined;
    }
  }

  return {
    read,
    /**
     * Reads the progress at `uri` until `stop`, at the pace of `reportSeconds`, and calls `onProgress` after each
     * change. `startedAt`: when the conversion was first known to run, in milliseconds of `performance.now`.
     */
    follow(uri: string, startedAt: number, onProgress: (progress: Progress) => void): FollowedProgress {
      let last: Progress | undefined;
      let isStopped = false;
      let timer: NodeJS.Timeout | undefined;
      followed += 1;
      const poll = async (): Promise<void> => {
        const progress = await read(uri);
        if (isStopped) return;
        if (progress && progress.updatedAt !== last?.updatedAt) {
          last = progress;
          onProgress(progress);
        }
        const ranSeconds = (performance.now() - startedAt) / 1000;
        timer = setTimeout(poll, reportSeconds({ ranSeconds, waits: followed, leastSeconds }) * 1000);
      };
      void poll();
      return {
        last: () => last,
        stop() {
          if (isStopped) return;
          isStopped = true;
          followed -= 1;
          clearTimeout(timer);
        },
      };
    },
  };
}

export type ProgressReader = ReturnType<typeof createProgressReader>;

/**
 * Returns a function that passes progress on to the workflow, once per quarter of the source and at least
 * `apartSeconds` apart and after the start: each update costs the workflow four history events.
 */
export function everyQuarter(
  update: (progress: Progress) => Promise<void>,
  apartSeconds: number,
): (progress: Progress) => void {
  let updated = 0;
  let updatedAt = performance.now();
  return (progress) => {
    const reached = Math.floor(transform.progressUpdates * shareRead(progress));
    if (reached <= updated || performance.now() - updatedAt < apartSeconds * 1000) return;
    updated = reached;
    updatedAt = performance.now();
    void update(progress);
  };
}
