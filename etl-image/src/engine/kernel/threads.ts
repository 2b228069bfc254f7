import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Checks } from '../../quality/checks';
import type { FieldDialect } from '../engine';
import type { ReadAnswer, ReadRequest, ThreadData } from './messages';

interface Job {
  readonly request: ReadRequest;
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: Error) => void;
}

const program = join(__dirname, '..', '..', '..', 'dist', 'engine', 'kernel', 'thread.js');

/**
 * Small short-lived objects hold the memory of compressed pages. A small young generation is collected often, so that
 * this memory is released early.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

/** A pool of threads that read row groups. Starts a thread when a group arrives and no thread is idle. */
export class Threads {
  private readonly workers: Worker[] = [];
  private readonly idle: Worker[] = [];
  private readonly waiting: Job[] = [];
  private readonly busy = new Map<Worker, Job>();
  private failure: Error | undefined;

  constructor(
    private readonly count: number,
    private readonly dialect: FieldDialect,
    private readonly checks?: Checks,
  ) {}

  run(request: ReadRequest): Promise<ReadAnswer> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.fail(new Error('the engine is closed'));
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private next(): void {
    const worker = this.waiting.length > 0 ? (this.idle.pop() ?? this.start()) : undefined;
    const job = worker && this.waiting.shift();
    if (!worker || !job) return;
    this.busy.set(worker, job);
    worker.postMessage(job.request, [job.request.bytes.buffer]);
  }

  private start(): Worker | undefined {
    if (this.workers.length === this.count) return undefined;
    const workerData: ThreadData = { dialect: this.dialect, checks: this.checks };
    const worker = new Worker(program, { workerData, resourceLimits });
    worker.on('message', (answer: ReadAnswer) => this.done(worker, answer));
    worker.on('error', (error) => this.fail(error));
    this.workers.push(worker);
    return worker;
  }

  private done(worker: Worker, answer: ReadAnswer): void {
    const job = this.busy.get(worker);
    this.busy.delete(worker);
    this.idle.push(worker);
    if (answer.failure === undefined) job?.resolve(answer);
    else job?.reject(new Error(answer.failure));
    this.next();
  }

  /** Fails all requests: a thread that died is not replaced. */
  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of [...this.waiting.splice(0), ...this.busy.values()]) reject(error);
    this.busy.clear();
  }
}
