import { Worker } from 'node:worker_threads';
import { describeSeconds } from '@etl/lib/durations';
import { type HeadInspection, refusedHead } from '@etl/pipeline/csv/inspectHead';
import type { InspectionAnswer, InspectionRequest } from './messages';

export interface InspectionLimits {
  /** Time for one inspection, in seconds. */
  readonly seconds: number;
  /** Time that an inspection may wait for those before it, in seconds. */
  readonly queueSeconds: number;
  /** Size of the thread's JavaScript heap, in MiB. Buffers are not part of it. */
  readonly heapMiB: number;
}

type InspectionOptions = InspectionRequest['options'];

interface Job {
  readonly head: Buffer;
  readonly options: InspectionOptions;
  readonly resolve: (inspection: HeadInspection) => void;
  readonly reject: (error: Error) => void;
  /** Runs while the job waits for its turn. */
  readonly queueTimer: NodeJS.Timeout;
}

/** Ticks that a time limit is divided into. */
const ticks = 10;

/**
 * A thread that inspects heads of files, one at a time. The thread starts with the first inspection and is replaced when it dies or
 * when an inspection exceeds a limit. An idle thread does not keep the process alive.
 */
export class InspectionThread {
  private thread: Worker | undefined;
  private current: Job | undefined;
  private clock: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<Job>();

  /** @param program path of the thread's JavaScript file, which answers an `InspectionRequest` with an `InspectionAnswer`. */
  constructor(
    private readonly program: string,
    private readonly limits: InspectionLimits,
  ) {}

  /**
   * Inspects the first bytes of a file. A head that exceeds a limit is refused: the limit is its `problems`.
   *
   * @throws {Error} when the thread dies, or is busy for `queueSeconds`. Another attempt may succeed.
   */
  inspect(head: Buffer, options: InspectionOptions): Promise<HeadInspection> {
    return new Promise((resolve, reject) => {
      const queueTimer = setTimeout(() => this.rejectWaiting(job), this.limits.queueSeconds * 1000);
      const job: Job = { head, options, resolve, reject, queueTimer };
      this.waiting.add(job);
      this.next();
    });
  }

  private next(): void {
    const [job] = this.waiting;
    if (this.current || !job) return;
    this.waiting.delete(job);
    clearTimeout(job.queueTimer);
    this.current = job;
    this.startClock();
    try {
      this.thread ??= this.start();
      // A copy of the head alone: small buffers share their memory with others.
      const bytes = new Uint8Array(job.head);
      this.thread.postMessage({ bytes, options: job.options } satisfies InspectionRequest, [bytes.buffer]);
    } catch (error) {
      this.settle(() => job.reject(error as Error));
    }
  }

  private start(): Worker {
    const { heapMiB } = this.limits;
    // The thread reads untrusted bytes: it gets no environment variables.
    const thread = new Worker(this.program, { env: {}, resourceLimits: { maxOldGenerationSizeMb: heapMiB } });
    const ifCurrent =
      <T>(handle: (value: T) => void) =>
      (value: T): void => {
        if (this.thread === thread) handle(value);
      };
    thread.on('message', ifCurrent(this.answered.bind(this)));
    thread.on('error', ifCurrent(this.died.bind(this)));
    thread.on(
      'exit',
      ifCurrent((code: number) => this.died(new Error(`it exited with code ${code}`))),
    );
    // The clock of an inspection keeps the process alive, an idle thread does not.
    thread.unref();
    return thread;
  }

  /**
   * Counts ticks, and not the time between two points: a process that was suspended for a minute, or whose main thread was busy, has
   * one tick for all of it.
   */
  private startClock(): void {
    const { seconds } = this.limits;
    let count = 0;
    const tick = (): void => {
      if (++count < ticks) return;
      const { thread } = this;
      this.thread = undefined;
      void thread?.terminate();
      this.refuse(`took longer than the limit of ${describeSeconds(seconds)}`);
    };
    this.clock = setInterval(tick, (seconds * 1000) / ticks);
  }

  private answered(answer: InspectionAnswer): void {
    this.settle((job) => {
      if ('inspection' in answer) job.resolve(answer.inspection);
      else job.reject(new Error(`inspecting the head of the file failed: ${answer.failure}`));
    });
  }

  private died(error: Error & { readonly code?: string }): void {
    this.thread = undefined;
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.refuse(`needs more memory than the limit of ${this.limits.heapMiB} MiB`);
    } else {
      const dead = new Error(`the thread that inspects files died: ${error.message}`, { cause: error });
      this.settle((job) => job.reject(dead));
    }
  }

  private refuse(what: string): void {
    this.settle(({ head, options, resolve }) => {
      const problem = `inspecting the first ${head.length} bytes ${what}: check that the file is CSV text`;
      resolve(refusedHead(options, problem));
    });
  }

  private settle(finish: (job: Job) => void): void {
    clearInterval(this.clock);
    const job = this.current;
    this.current = undefined;
    if (job) finish(job);
    this.next();
  }

  private rejectWaiting(job: Job): void {
    this.waiting.delete(job);
    const waited = describeSeconds(this.limits.queueSeconds);
    job.reject(new Error(`the inspection did not start within ${waited}: other files are still being inspected`));
  }
}
