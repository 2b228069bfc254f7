import { joinUri } from '@etl/lib/uri';
import { layout, progressName } from '@etl/pipeline/layout';
import { convertLight } from '../../activities/convertLight';
import {
  CredentialsError,
  type LightConverter,
  LightConverterError,
  type LightEnd,
  type LightRequest,
  ThrottledError,
} from '../../activities/ports';
import { createProgressReader } from '../../activities/progressReader';
import { MemoryStore, withoutProgress } from '../support/fakePorts';
import { samplePlan } from '../support/samplePlan';

const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };
const done: LightEnd = { exitCode: 0, seconds: 1, logTail: ['{"event":"finished"}'] };

/** A converter that returns these answers in order. */
function converterOf(...answers: (LightEnd | Error)[]): LightConverter & { requests: LightRequest[] } {
  const requests: LightRequest[] = [];
  return {
    requests,
    async convert(request) {
      requests.push(request);
      const answer = answers[requests.length - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('one call too many');
      return answer;
    },
  };
}

const convert = (converter: LightConverter | undefined, plan = samplePlan(), signal = new AbortController().signal) =>
  convertLight(
    { ...withoutProgress, converter, store: new MemoryStore(), signal, firstPauseSeconds: 0.01 },
    { plan, run, generation: 3 },
  );

describe('convertLight', () => {
  test('sends the converter the environment of a container, with a timeout within the limit of the lane', async () => {
    const converter = converterOf(done);
    await convert(converter);
    expect(converter.requests[0]).toMatchObject({
      timeoutSeconds: 900,
      environment: { RUN_ID: 'run-1', GENERATION: '3', MODE: 'convert', TIMEOUT_SECONDS: '900' },
    });
    const short = converterOf(done);
    await convert(
      short,
      samplePlan({ timings: { timeoutSeconds: 60, startTimeoutSeconds: 900, heartbeatSeconds: 30 } }),
    );
    expect(short.requests[0]?.timeoutSeconds).toBe(60);
  });

  test('keeps the log of a success out of the history', async () => {
    expect((await convert(converterOf(done))).logTail).toEqual([]);
    expect((await convert(converterOf({ ...done, exitCode: 65 }))).logTail).toHaveLength(1);
  });

  test('retries only calls that were refused before they started', async () => {
    const busy = converterOf(new ThrottledError('busy'), new ThrottledError('busy'), done);
    expect(await convert(busy)).toMatchObject({ exitCode: 0 });
    expect(busy.requests).toHaveLength(3);
    const lost = converterOf(new Error('the connection was lost'));
    await expect(convert(lost)).rejects.toThrow('the connection was lost');
    expect(lost.requests).toHaveLength(1);
  });

  test('retries a call whose credentials are refused within the budget, then fails', async () => {
    const refused = () => new CredentialsError('the AWS credentials have expired. Renew the credentials.');
    const renewed = converterOf(refused(), refused(), done);
    expect(await convert(renewed)).toMatchObject({ exitCode: 0 });
    const expired = converterOf(refused(), done);
    const lightly = { ...withoutProgress, converter: expired, store: new MemoryStore(), credentialSeconds: 0 };
    const ended = convertLight(
      { ...lightly, signal: new AbortController().signal },
      { plan: samplePlan(), run, generation: 1 },
    );
    await expect(ended).rejects.toThrow(CredentialsError);
    expect(expired.requests).toHaveLength(1);
  });

  test('cancellation ends the wait for a busy converter', async () => {
    const cancel = new AbortController();
    const busy = converterOf(new ThrottledError('busy'), done);
    const waiting = convertLight(
      {
        ...withoutProgress,
        converter: busy,
        store: new MemoryStore(),
        signal: cancel.signal,
        firstPauseSeconds: 600 / 5,
      },
      { plan: samplePlan(), run, generation: 1 },
    );
    setTimeout(() => cancel.abort(), 20);
    await expect(waiting).rejects.toThrow(/abort/i);
    expect(busy.requests).toHaveLength(1);
  });

  test('reports progress while the conversion runs, like a wait for a task', async () => {
    const store = new MemoryStore();
    const plan = samplePlan();
    const read = { phase: 'converting', bytesRead: 5, bytesTotal: 10, rowsRead: 7, parts: 1, updatedAt: '1' };
    const uri = joinUri(layout(plan.destination, plan.batch).work('run-1', 3), progressName);
    await store.write(uri, JSON.stringify(read));
    const notes: object[] = [];
    const progress: object[] = [];
    let isReported: () => void = () => undefined;
    const reported = new Promise<void>((resolve) => {
      isReported = resolve;
    });
    const converter: LightConverter = {
      async convert() {
        await reported;
        return done;
      },
    };
    await convertLight(
      {
        converter,
        store,
        signal: new AbortController().signal,
        progress: createProgressReader(store, { leastSeconds: 1 }),
        note: (details) => void notes.push(details),
        onProgress: (each) => {
          progress.push(each);
          isReported();
        },
      },
      { plan, run, generation: 3 },
    );
    expect(notes).toEqual([{ generation: 3, progress: read }]);
    expect(progress).toEqual([read]);
  });

  test('fails with a clear message on a worker without a light lane', async () => {
    await expect(convert(undefined)).rejects.toThrow(LightConverterError);
  });
});
