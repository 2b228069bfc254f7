import { type BatchPlan, makeBatchPlan } from '@etl/pipeline/batch/plan';
import { planProblems } from '@etl/pipeline/batch/planProblems';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { daysBetween } from '@etl/pipeline/batch/timeZones';
import { openStore } from '@etl/storage/openStore';
import type { FoundFile } from '../../activities/contract';
import { listAllFiles } from '../../activities/listFiles';
import type { Executions } from '../../activities/ports';
import { parseConfig } from '../../workers/config';
import { connectClient, NoTemporalError } from '../../workers/connection';
import { createExecutions } from '../../workers/executions';
import { CliError, cliExitCodes } from '../errors';
import { count, number } from '../show';

/** What a batch would do with the files of a day. */
export interface DayForecast {
  readonly batchDate: string;
  readonly run: number;
  /** Of the files that would be run. */
  readonly bytes: number;
  /** Files that no pipeline would be started for, by the reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly refused: readonly { readonly uri: string; readonly reason: string }[];
}

export interface Forecast {
  readonly destination: string;
  /** Whether Temporal was asked which files are being run. */
  readonly askedTemporal: boolean;
  readonly days: readonly DayForecast[];
}

/** Looks at the files as the batch itself will, and starts nothing. Only `failed` needs Temporal to be there. */
export async function forecast(request: BatchRequest): Promise<Forecast> {
  const plan = planOf(request);
  const temporal = await connectClient().catch((error: unknown) => {
    if (error instanceof NoTemporalError && plan.mode !== 'failed') return undefined;
    throw error;
  });
  const state = temporal ? createExecutions(temporal.client).state : async () => ({ status: 'unknown' }) as const;
  try {
    const days = await forecastDays(plan, state);
    return { destination: plan.destination, askedTemporal: temporal !== undefined, days };
  } finally {
    await temporal?.connection.close();
  }
}

function planOf(request: BatchRequest): BatchPlan {
  const { rawBase, cleanBase } = parseConfig(process.env);
  const plan = makeBatchPlan(request, new Date().toISOString(), { rawBase, cleanBase });
  const problems = plan === undefined ? ['prefix: is no URI'] : planProblems(plan);
  if (plan !== undefined && problems.length === 0) return plan;
  const remedy = 'docs/schedules.md says what each of them may be';
  throw new CliError(`the batch would be refused: ${problems.join('; ')}`, remedy, cliExitCodes.usage);
}

async function forecastDays(plan: BatchPlan, state: Executions['state']): Promise<DayForecast[]> {
  const days = new Map(daysBetween(plan.from, plan.to).map((day) => [day, emptyDay(day)]));
  for await (const file of listAllFiles({ store: openStore(), executions: { state } }, plan)) {
    const day = days.get(file.batch.batchDate) ?? emptyDay(file.batch.batchDate);
    days.set(day.batchDate, withFile(day, file));
  }
  return [...days.values()];
}

const emptyDay = (batchDate: string): DayForecast => ({ batchDate, run: 0, bytes: 0, skipped: {}, refused: [] });

function withFile(day: DayForecast, { uri, bytes, skip, refused }: FoundFile): DayForecast {
  if (refused !== undefined) return { ...day, refused: [...day.refused, { uri, reason: refused }] };
  if (skip !== undefined) return { ...day, skipped: { ...day.skipped, [skip]: (day.skipped[skip] ?? 0) + 1 } };
  return { ...day, run: day.run + 1, bytes: day.bytes + bytes };
}

const maxDays = 60;
const maxRefused = 20;

/** The forecast for people: a line a day that has files, and one for all. */
export function describeForecast({ destination, askedTemporal, days }: Forecast): string[] {
  const busy = days.filter(({ run, skipped, refused }) => run + refused.length + Object.keys(skipped).length > 0);
  const refused = days.flatMap((day) => day.refused);
  const left = busy.length - maxDays;
  return [
    ...busy.slice(0, maxDays).map((day) => `${day.batchDate}: ${describeFiles([day])}`),
    ...(left > 0 ? [`and ${count(left, 'more day')} with files`] : []),
    ...refused.slice(0, maxRefused).map(({ uri, reason }) => `refused: ${uri}: ${reason}`),
    ...(refused.length > maxRefused ? [`and ${number(refused.length - maxRefused)} more refused`] : []),
    `${count(days.length, 'day')}, ${days.length - busy.length} of them without files: ${describeFiles(days)}`,
    `compared with what is delivered below ${destination}${askedTemporal ? '' : '; no Temporal server answers, so what is running now was not asked'}`,
  ];
}

/** `12 files to run (3.4 MB), 5 skipped (delivered), 1 refused`. */
function describeFiles(days: readonly DayForecast[]): string {
  const sum = (of: (day: DayForecast) => number) => days.reduce((all, day) => all + of(day), 0);
  const reasons = [...new Set(days.flatMap(({ skipped }) => Object.keys(skipped)))].sort();
  const refused = sum((day) => day.refused.length);
  return [
    `${count(
      sum(({ run }) => run),
      'file',
    )} to run (${(sum(({ bytes }) => bytes) / 1e6).toFixed(1)} MB)`,
    ...reasons.map(
      (reason) => `${number(sum(({ skipped }) => skipped[reason] ?? 0))} skipped (${words[reason] ?? reason})`,
    ),
    ...(refused > 0 ? [`${number(refused)} refused`] : []),
  ].join(', ');
}

const words: Readonly<Record<string, string>> = {
  delivered: 'delivered as they are now',
  notFailed: 'last run has not failed',
  running: 'being run',
};
