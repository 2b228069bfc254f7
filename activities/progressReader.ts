import { parseJson } from '@etl/lib/json';
import { transform } from '@etl/pipeline/definition';
import type { Progress } from '@etl/pipeline/manifest';
import { progressOf, shareRead } from '@etl/pipeline/progress';
import type { ObjectStore } from '@etl/storage/objectStore';
import { reportSeconds } from './reportPace';

export interface ProgressReaderSettings {
  /** Between two reads, at least. */
  readonly leastSeconds: number;
}

export interface FollowedProgress {
  /** The newest progress that was read. */
  last(): Progress | undefined;
  stop(): void;
}

/** The one place of a worker that reads how far conversions are: the container writes it beside its checkpoint. */
export function createProgressReader(store: Pick<ObjectStore, 'readSmall'>, { leastSeconds }: ProgressReaderSettings) {
  let followed = 0;

  /** Best effort: progress that cannot be read does not end a wait. */
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
     * Reads the progress at `uri` until it is stopped, at the pace of `reportSeconds`, and hands over each that is new.
     * `startedAt`: since when the conversion is known to run, in milliseconds of `performance.now`.
     */
    follow(uri: string, startedAt: number, onProgress: (progress: Progress) => void): FollowedProgress {
      let last: Progress | undefined;
      let isStopped = false;
      let timer: NodeJS.Timeout | undefined;
      followed += 1;
      const look = async (): Promise<void> => {
        const progress = await read(uri);
        if (isStopped) return;
        if (progress && progress.updatedAt !== last?.updatedAt) {
          last = progress;
          onProgress(progress);
        }
        const ranSeconds = (performance.now() - startedAt) / 1000;
        timer = setTimeout(look, reportSeconds({ ranSeconds, waits: followed, leastSeconds }) * 1000);
      };
      void look();
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
 * Returns what passes progress on to the workflow: once for each quarter of the source, at least `apartSeconds` apart and after
 * the start, since each update costs the workflow four events of its history.
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
