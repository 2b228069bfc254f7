import { stem } from '@etl/lib/names';
import { baseName } from '@etl/lib/uri';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { parseEvent } from '@etl/pipeline/event';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { awaitRuns } from '../../../activities/awaitRuns';
import type { EtlActivities, FoundFile, ResultsPage, Validation } from '../../../activities/contract';
import { createExecutions } from '../../../workers/executions';
import { delivered, fakeActivities } from '../../support/fakeActivities';
import type { Call, Rig } from '../../support/rig';
import { samplePlan } from '../../support/samplePlan';

/** Inputs and records of a test's batch. Each batch has its own dataset, by which its pipelines find its activities. */
export interface World {
  readonly dataset: string;
  readonly plan: BatchPlan;
  readonly activities: EtlActivities;
  readonly calls: Call[];
  /** By file name: what the pipeline does instead of delivering at once. */
  readonly conduct: Map<string, (attempt: number) => Promise<Validation | undefined>>;
  /** Returns the maximum number of pipelines in flight at the same time. */
  most(): number;
  /** File names in the order in which their pipelines started. */
  readonly began: string[];
  readonly pages: ResultsPage[];
  messages(): { outcome: { kind: string; ended?: string } }[];
}

/** Temporal limits a workflow ID to 1000 characters. */
const sourceOf = (name: string): string => stem(name).slice(-40);

let worlds = 0;

/** A batch over these files, by day. Each file is delivered unless `conduct` overrides it. */
export function world(
  rig: Rig,
  files: Readonly<Record<string, readonly string[]>>,
  { columns, ...changes }: Partial<BatchPlan> & { readonly columns?: object } = {},
): World {
  const dataset = `set${++worlds}`;
  const days = Object.keys(files);
  const plan: BatchPlan = {
    prefix: 'file:///raw/{date}',
    from: days[0] ?? '2026-02-08',
    to: days.at(-1) ?? '2026-02-08',
    mode: 'missing',
    maxConcurrent: 3,
    onFailure: 'fail',
    detail: { dataset, ...(columns && { columns }) },
    destination: 'file:///lake',
    priority: 3,
    ...changes,
  };
  const conduct: World['conduct'] = new Map();
  const began: string[] = [];
  const pages: ResultsPage[] = [];
  let running = 0;
  let most = 0;
  const found = (day: string): FoundFile[] =>
    (files[day] ?? []).map((name) => {
      const uri = `file:///raw/${day}/${name}`;
      return { uri, bytes: 10, batch: { dataset, batchDate: day, source: sourceOf(name) } };
    });
  const executions = createExecutions(rig.env.client);
  const { activities, calls } = fakeActivities({
    planBatch: async () => ({ valid: true, plan }),
    listFiles: async ({ batchDate, after, limit }) => {
      const rest = found(batchDate).filter(({ uri }) => after === undefined || uri > after);
      const next = rest.length > limit ? rest[limit - 1]?.uri : undefined;
      return { files: rest.slice(0, limit), ...(next !== undefined && { next }) };
    },
    validateInput: async ({ event }) => {
      const parsed = parseEvent(event);
      if (!parsed.ok) throw ApplicationFailure.nonRetryable(parsed.reasons.join());
      const { s3Key, batchDate } = parsed.detail;
      const name = baseName(s3Key);
      began.push(name);
      most = Math.max(most, ++running);
      try {
        const answer = await conduct.get(name)?.(began.filter((each) => each === name).length);
        if (answer?.valid === false) running--;
        const batch = { dataset, batchDate, source: sourceOf(name) };
        return answer ?? { valid: true, plan: samplePlan({ batch, notifications: 'none' }) };
      } catch (error) {
        running--;
        throw error;
      }
    },
    confirmCommit: async () => {
      running--;
      return delivered;
    },
    awaitRuns: ({ runs }) => awaitRuns(executions, runs, Context.current().cancellationSignal),
    recordResults: async (page) => {
      pages[page.page - 1] = page;
      return { uri: 'file:///lake/_etl/_batches/results' };
    },
  });
  const messages = () => calls.flatMap(({ name, input }) => (name === 'notify' ? [input as never] : []));
  return { dataset, plan, activities, calls, conduct, began, pages, most: () => most, messages };
}

/** Runs the batch of a world together with the actions of a test. */
export function withBatch<T>(
  rig: Rig,
  of: World,
  scenario: (batch: WorkflowHandle) => Promise<T>,
  more: object = {},
): Promise<T> {
  return rig.with(of.activities, async (start) => {
    const other = { type: 'nightlyBatch', more: [more], children: `etl/${of.dataset}/` };
    return scenario(await start({ prefix: 'file:///raw/{date}' }, `batch-${of.dataset}`, other));
  });
}

/** File names with a result, page after page. */
export function results(of: World): string[] {
  return of.pages.flatMap(({ results }) => results.map(({ uri, outcome }) => `${baseName(uri)}: ${outcome}`));
}

export const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `f${String(index).padStart(3, '0')}.csv`);

/** A gate that a test opens. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** Waits in real time until a condition holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 400) throw new Error(`it never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Fails a pipeline with this type before its task is launched. */
export const failing = (type: string) => async (): Promise<never> => {
  throw ApplicationFailure.nonRetryable('as the test wants it', type);
};
