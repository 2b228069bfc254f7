import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeBytes } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import type { Html } from '@etl/lib/text/html';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { headlineOf } from '@etl/pipeline/runs/failureView';
import { openStore } from '@etl/storage/openStore';
import { connectClient } from '../../config/connection';
import { parseConfig } from '../../config/environment';
import { TemporalConnectionError } from '../../config/errors';
import { priceTable } from '../../config/prices';
import { nightPage } from '../../report/night/page';
import { runPage } from '../../report/run/page';
import { readAnyDeclarations } from '../dataset/read';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { readNightReport } from '../report/night';
import { type ReportSources, readRunReport } from '../report/run';
import { printResult } from '../withClient';

export interface ReportOptions {
  readonly night?: string;
  readonly dataset?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Writes the page about a run or a night. */
export async function report(run: string | undefined, { night, dataset, out, json }: ReportOptions): Promise<void> {
  if ((run === undefined) === (night === undefined)) {
    const remedy = `Give one of them: ${etlCommand('report', 'RUN', '--out', out)} or ${etlCommand('report', '--night', 'YYYY-MM-DD', '--out', out)}`;
    throw new CliError('a report is about a run or about a night', remedy, cliExitCodes.usage);
  }
  if (dataset !== undefined && night === undefined)
    throw new CliError('--dataset requires --night', 'Leave it out, or give --night', cliExitCodes.usage);
  const { about, page } = await withSources(async (sources) => {
    if (night === undefined) {
      const found = await readRunReport(sources, run ?? '');
      return { about: headlineOf(found.view), page: runPage(found) };
    }
    const found = await readNightReport(sources, { date: night, ...(dataset !== undefined && { dataset }) });
    return { about: `Night ${night}`, page: nightPage(found) };
  });
  const bytes = writePage(out, page);
  printResult(json, { version: 1, file: resolve(out), about, bytes }, [
    about,
    `Page  ${out} (${describeBytes(bytes)})`,
  ]);
}

/** Runs work with all that a report reads. A server that does not answer leaves the storage. */
async function withSources<T>(work: (sources: ReportSources) => Promise<T>): Promise<T> {
  const config = parseConfig(process.env);
  const connected = await connectClient().catch((error: unknown) => {
    if (error instanceof TemporalConnectionError) return { unavailable: error.message };
    throw error;
  });
  try {
    return await work({
      client: 'client' in connected ? connected.client : connected,
      store: openStore(),
      datasets: await readAnyDeclarations(),
      cleanBase: config.cleanBase,
      prices: priceTable(config),
      links: {
        uiUrl: config.TEMPORAL_UI_URL,
        namespace: 'client' in connected ? connected.client.options.namespace : 'default',
        isAws: !Object.keys(process.env).some((name) => /^AWS_ENDPOINT_URL(?:_S3)?$/.test(name)),
      },
      command: etlCommand,
      now: Date.now(),
    });
  } finally {
    if ('connection' in connected) await connected.connection.close();
  }
}

/** Replaces the file at once, so that no reader finds a part of a page. Returns its size in bytes. */
function writePage(out: string, page: Html): number {
  const bytes = Buffer.from(String(page));
  const draft = `${out}.${process.pid}.draft`;
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, out);
  } catch (error) {
    rmSync(draft, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'its folder does not exist' : (causeOf(error)?.sentence ?? message);
    throw new CliError(
      `${out}: ${reason}`,
      'Give --out in a folder that exists and can be written',
      cliExitCodes.cannotCreate,
      {
        cause: error,
      },
    );
  }
  return bytes.length;
}
