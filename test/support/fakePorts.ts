import { Readable } from 'node:stream';
import { type ListOptions, type ObjectInfo, type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { RunAnswer, TaskDescription, TaskRequest, TaskRunner } from '../../activities/ports';

/** An object store in memory, with whole objects only and a separate clock. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Buffer>();
  readonly ranges: string[] = [];
  readonly modified = new Map<string, Date>();
  now = new Date(0);

  private info(uri: string): ObjectInfo | undefined {
    const body = this.objects.get(uri);
    return (
      body && {
        uri,
        bytes: body.length,
        fingerprint: `f${body.length}`,
        modifiedAt: this.modified.get(uri) ?? new Date(0),
      }
    );
  }
  async head(uri: string): Promise<ObjectInfo | undefined> {
    return this.info(uri);
  }
  async openRead(uri: string, range: { start?: number; end?: number } = {}): Promise<Readable> {
    const body = this.objects.get(uri);
    if (!body) throw new StorageError('NotFound', uri, 'the object does not exist');
    this.ranges.push(`${range.start ?? 0}-${range.end ?? body.length}`);
    return Readable.from([body.subarray(range.start, range.end)]);
  }
  async readSmall(uri: string): Promise<Buffer | undefined> {
    return this.objects.get(uri);
  }
  async write(uri: string, body: Buffer | string): Promise<void> {
    this.objects.set(uri, Buffer.from(body));
    this.modified.set(uri, this.now);
  }
  async writeIfAbsent(uri: string, body: Buffer | string): Promise<boolean> {
    if (this.objects.has(uri)) return false;
    await this.write(uri, body);
    return true;
  }
  async upload(): Promise<void> {
    throw new Error('the fake does not implement this call');
  }
  async copy(from: string, to: string): Promise<void> {
    await this.write(to, this.objects.get(from) ?? '');
  }
  async *list(prefixUri: string, { after = '' }: ListOptions = {}): AsyncIterable<ObjectInfo> {
    for (const uri of [...this.objects.keys()].sort()) {
      const info = uri.startsWith(`${prefixUri}/`) && uri > after && this.info(uri);
      if (info) yield info;
    }
  }
  async remove(uri: string): Promise<void> {
    this.objects.delete(uri);
  }
  async removeUnfinished(): Promise<void> {
    // Writes are whole objects, so no upload is ever unfinished.
  }
}

/** A task runner whose tasks a test controls. */
export class FakeTaskRunner implements TaskRunner {
  readonly tasks = new Map<string, TaskDescription>();
  readonly requests: TaskRequest[] = [];
  readonly stops: { taskArn: string; reason: string }[] = [];
  readonly describeCalls: string[][] = [];
  private readonly byToken = new Map<string, string>();

  /** Replaces the next answer of RunTask. */
  nextAnswer: RunAnswer | undefined;

  async run(request: TaskRequest): Promise<RunAnswer> {
    this.requests.push(request);
    const answer = this.nextAnswer;
    this.nextAnswer = undefined;
    if (answer) return answer;
    const known = this.byToken.get(request.clientToken);
    if (known !== undefined) return { taskArn: known };
    const taskArn = `arn:aws:ecs:us-east-1:000000000000:task/etl/${this.byToken.size + 1}`;
    this.byToken.set(request.clientToken, taskArn);
    this.set({ taskArn, lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING', tags: request.tags });
    return { taskArn };
  }
  async describe(taskArns: readonly string[]): Promise<TaskDescription[]> {
    this.describeCalls.push([...taskArns]);
    return taskArns.flatMap((arn) => this.tasks.get(arn) ?? []);
  }
  async stop(taskArn: string, reason: string): Promise<boolean> {
    this.stops.push({ taskArn, reason });
    return this.tasks.has(taskArn);
  }
  async list(): Promise<string[]> {
    return [...this.tasks.keys()];
  }
  set(task: TaskDescription): void {
    this.tasks.set(task.taskArn, task);
  }
}

/** For conversions whose progress does not matter. */
export const withoutProgress = {
  progress: { follow: () => ({ last: () => undefined, stop: () => undefined }) },
  note: () => undefined,
  onProgress: () => undefined,
};
