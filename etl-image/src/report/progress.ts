import type { Progress, ResourceSample } from '@etl/pipeline/manifest';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { Log } from './log';
import { Series } from './series';
import { usage } from './usage';

const intervalSeconds = 1;
/** Distance of the first samples of the series. */
const sampleSeconds = 0.25;

/**
 * Reports progress to the log and to an object next to the checkpoint, which the waiting activity polls. Reports at
 * most once per `intervalSeconds`. Best effort: a failed write does not fail the task.
 */
export class ProgressReport {
  private progress: Omit<Progress, 'updatedAt'> = {
    phase: 'starting',
    bytesRead: 0,
    bytesTotal: 0,
    rowsRead: 0,
    parts: 0,
  };
  private readonly timer: NodeJS.Timeout;
  private readonly sampler: NodeJS.Timeout;
  private readonly samples = new Series();
  private readonly begunAt = performance.now();
  private writing: Promise<void> = Promise.resolve();
  private changed = true;

  constructor(
    private readonly store: ObjectStore,
    private readonly uri: string,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => void this.write(), intervalSeconds * 1000);
    this.timer.unref();
    this.sampler = setInterval(() => this.sample(), sampleSeconds * 1000);
    this.sampler.unref();
  }

  set(change: Partial<Omit<Progress, 'updatedAt'>>): void {
    this.progress = { ...this.progress, ...change };
    this.changed = true;
  }

  get bytesRead(): number {
    return this.progress.bytesRead;
  }

  /** Returns rows and memory of this process over time. */
  series(): readonly ResourceSample[] {
    return this.samples.all();
  }

  private sample(): void {
    const seconds = Math.round((performance.now() - this.begunAt) / 10) / 100;
    const memoryMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
    this.samples.add({ seconds, rows: this.progress.rowsRead, memoryMiB });
  }

  /** Writes the final progress. Resolves when the write has succeeded or failed. */
  async end(change: Partial<Omit<Progress, 'updatedAt'>>): Promise<void> {
    clearInterval(this.timer);
    clearInterval(this.sampler);
    this.set(change);
    await this.write();
  }

  /**
   * Writes the progress if it has changed. Writes are serialized, so that an older one never overwrites a newer one.
   */
  write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (!this.changed) return;
      this.changed = false;
      const progress: Progress = { ...this.progress, ...usage(), updatedAt: new Date().toISOString() };
      this.log({ event: 'progress', ...progress });
      await this.store.write(this.uri, `${JSON.stringify(progress)}\n`).catch(() => undefined);
    });
    return this.writing;
  }
}
