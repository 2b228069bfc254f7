import { daysBetween } from '@etl/lib/timeZones';
import { type BatchPlan, makeBatchPlan } from '@etl/pipeline/batch/plan';
import { planProblems } from '@etl/pipeline/batch/planProblems';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { addLeftOut, type LeftOut } from '@etl/pipeline/batch/summary';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { resolveDestination } from '@etl/pipeline/plan';
import { openStore } from '@etl/storage/openStore';
import type { FoundFile } from '../../activities/contract';
import { type ListingPorts, listAllFiles } from '../../activities/listFiles';
import { withFiles } from '../../activities/planBatch';
import { connectClient } from '../../config/connection';
import { datasetReader } from '../../config/datasets';
import { type Config, parseConfig } from '../../config/environment';
import { TemporalConnectionError } from '../../config/errors';
import { createExecutions } from '../../workers/executions';
import { invalidRequest } from './request';

/** What a batch would do with the files of one day. */
export interface DayForecast {
  readonly batchDate: string;
  readonly run: number;
  /** Size of the files to run, in bytes. */
  readonly bytes: number;
  /** Count of files without a pipeline, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** Output of `etl backfill --dry-run --json`. */
export interface Forecast {
  readonly destination: string;
  /** Whether Temporal was queried for the files that are being run. */
  readonly askedTemporal: boolean;
  readonly days: readonly DayForecast[];
  /** Files that the batch would report as invalid. */
  readonly refused: readonly { readonly uri: string; readonly reason: string }[];
  /** Count of files that the batch would find in all days together. The batch fails if it is below `minFiles`. */
  readonly files: number;
  readonly minFiles: number;
  /** Count of entries below the prefix that are not files of the batch, by reason. */
  readonly leftOut: LeftOut;
  /** Entries that would be skipped because they are not files. */
  readonly notFiles: readonly { readonly uri: string; readonly reason: string }[];
}

/** Lists the files as the batch will, without starting anything. Only the mode `failed` requires a Temporal server. */
export async function forecast(request: BatchRequest): Promise<Forecast> {
  const config = parseConfig(process.env);
  const datasets = datasetReader(config);
  const declared = await datasets();
  const plan = planOf(request, config, declared);
  const temporal = await connectClient().catch((error: unknown) => {
    const isUnavailable = error instanceof TemporalConnectionError && error.kind === 'Unavailable';
    if (isUnavailable && plan.mode !== 'failed') return undefined;
    throw error;
  });
  const state = temporal ? createExecutions(temporal.client).state : async () => ({ status: 'unknown' }) as const;
  try {
    return {
      destination: destinationOf(plan, declared),
      askedTemporal: temporal !== undefined,
      ...(await listFiles(plan, { store: openStore(), executions: { state }, datasets })),
    };
  } finally {
    await temporal?.connection.close();
  }
}

/** Returns the destination of a batch; of a batch of one dataset, the declared one. */
function destinationOf({ dataset: name, detail, destination }: BatchPlan, datasets: Datasets): string {
  const dataset = datasets.all().find((each) => each.name === name);
  return detail.destination === undefined
    ? resolveDestination(dataset?.declaration.destination, destination)
    : destination;
}

function planOf(request: BatchRequest, { rawBase, cleanBase }: Config, datasets: Datasets): BatchPlan {
  const prefixed = withFiles(datasets, request, rawBase);
  if ('problems' in prefixed) throw invalidRequest(prefixed.problems);
  const plan = makeBatchPlan(prefixed, new Date().toISOString(), { rawBase, cleanBase });
  const problems = plan === undefined ? ['prefix: is not a URI'] : planProblems(plan);
  if (plan !== undefined && problems.length === 0) return plan;
  throw invalidRequest(problems);
}

async function listFiles(
  plan: BatchPlan,
  ports: ListingPorts,
): Promise<Omit<Forecast, 'destination' | 'askedTemporal'>> {
  const days = new Map(daysBetween(plan.from, plan.to).map((day) => [day, emptyDay(day)]));
  const refused: { uri: string; reason: string }[] = [];
  const notFiles: { uri: string; reason: string }[] = [];
  let files = 0;
  let leftOut: LeftOut = {};
  const countLeftOut = (more: LeftOut): void => {
    leftOut = addLeftOut(leftOut, more);
  };
  for await (const file of listAllFiles(ports, plan, undefined, countLeftOut)) {
    if (file.skip === 'notAFile') {
      notFiles.push({ uri: file.uri, reason: file.reason ?? file.skip });
      continue;
    }
    files++;
    if (file.refused !== undefined) {
      refused.push({ uri: file.uri, reason: file.refused });
      continue;
    }
    const { batchDate } = file.batch;
    days.set(batchDate, withFile(days.get(batchDate) ?? emptyDay(batchDate), file));
  }
  return { days: [...days.values()], refused, files, minFiles: plan.minFiles ?? 0, leftOut, notFiles };
}

const emptyDay = (batchDate: string): DayForecast => ({ batchDate, run: 0, bytes: 0, skipped: {} });

function withFile(day: DayForecast, { bytes, skip }: FoundFile): DayForecast {
  if (skip === undefined) return { ...day, run: day.run + 1, bytes: day.bytes + bytes };
  return { ...day, skipped: { ...day.skipped, [skip]: (day.skipped[skip] ?? 0) + 1 } };
}
