import { CliError } from '@etl/lib/cliError';
import { openStore } from '@etl/storage/openStore';
import { parseConfig } from '../../config/environment';
import { explain } from '../../config/explain';
import { useLocalSystem } from '../../local/system/localSystems';
import { calendarDate } from '../arguments';
import { readAnyDeclarations } from '../dataset/read';
import { cliExitCodes } from '../errors';
import { bounded, NoAnswerError } from '../night/bounded';
import { describeNight } from '../night/describe';
import { readLateness } from '../night/lateness';
import { problemsOf } from '../night/problems';
import { readNight } from '../night/readNight';
import { type NightReport, reportOf } from '../night/report';
import { connectServer } from '../night/server';
import { exitOnceWritten, printJson, printLines } from '../output';
import { describeSystems, readSystems } from '../systemStatus';

export interface StatusOptions {
  readonly date?: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

/** Longest time in milliseconds for the whole command, and for the declarations. */
const totalMs = 9500;
const declarationsMs = 4000;

/**
 * Prints the batches of the night, what to do about each problem, and the local systems. The exit code is `unavailable`
 * if neither a local system nor a Temporal server answers.
 */
export async function status({ date, dataset, json }: StatusOptions): Promise<void> {
  if (date !== undefined) calendarDate(date);
  // Before the night: it sets the variables of the chosen system.
  const night = chosenNight({ ...(date !== undefined && { date }), ...(dataset !== undefined && { dataset }) });
  const [report, local] = await Promise.all([night, readSystems()]);
  const isRead = 'batches' in report;
  if (json) printJson({ night: isRead ? report : null, ...(!isRead && { problem: report.problem }), ...local });
  else
    printLines([
      ...(isRead ? describeNight(report, process.stdout.columns) : [report.problem, report.remedy]),
      '',
      ...describeSystems(local),
    ]);
  const answers = isRead && report.server.answers;
  if (!answers && local.systems.length === 0) process.exitCode = cliExitCodes.unavailable;
  // Reads that did not answer in time would keep the process running.
  if (report.isBounded) exitOnceWritten();
}

interface NoNight {
  readonly problem: string;
  readonly remedy: string;
  /** Whether a read that did not answer in time may still be going on. */
  readonly isBounded?: boolean;
}

/** Reads the night of the chosen system, or returns why there is none: the systems are listed nevertheless. */
async function chosenNight(query: {
  readonly date?: string;
  readonly dataset?: string;
}): Promise<NightReport | NoNight> {
  try {
    useLocalSystem(() => undefined);
    return await nightReport(query);
  } catch (error) {
    if (error instanceof NoAnswerError)
      return {
        problem: `the declared datasets could not be read: ${error.message}`,
        remedy: 'Check that the folder of ETL_DATASETS can be read, then run the command again',
        isBounded: true,
      };
    const known = error instanceof CliError ? error : explain(error);
    if (known) return { problem: known.message, remedy: known.remedy };
    throw error;
  }
}

async function nightReport(query: { readonly date?: string; readonly dataset?: string }): Promise<NightReport> {
  const end = performance.now() + totalMs;
  const { cleanBase } = parseConfig(process.env);
  const now = Date.now();
  const store = openStore();
  const connecting = connectServer();
  const datasets = await bounded(readAnyDeclarations(), declarationsMs);
  const [night, lateness] = await Promise.all([
    readNight({ datasets, store, cleanBase, server: connecting }, { ...query, now }),
    bounded(readLateness(store, cleanBase, datasets, now), declarationsMs).catch((error: Error) => ({
      state: 'unknown' as const,
      problem: error.message,
    })),
  ]);
  const server = await connecting;
  const problems = await problemsOf(night, server, () => end - performance.now());
  if ('client' in server) await bounded(server.close(), 500).catch(() => undefined);
  return reportOf({ night, server, lateness, now, ...query, ...problems });
}
