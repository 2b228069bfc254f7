import { datasetNameOf } from '@etl/pipeline/dataset/datasets';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { describeLaunch } from '@etl/pipeline/launches';
import { type Batch, layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Routing } from '@etl/pipeline/plan';
import { describeRouting } from '@etl/pipeline/routing/describe';
import { type Detail, followPipeline, type Handle, type RunReport, startPipeline } from '../../client/runPipeline';
import { readRun } from '../../client/runs/readRun';
import { connectClient } from '../../config/connection';
import { datasetReader } from '../../config/datasets';
import { parseConfig } from '../../config/environment';
import { anyUri, calendarDate, destinationUri, jsonObject, sourceUri } from '../arguments';
import { detachOnInterrupt } from '../detachOnInterrupt';
import { exitCodeOfFailure } from '../errors';
import { etlCommand } from '../hints';
import { printJson, printLines } from '../output';
import { printView } from '../runs/printView';
import { createStatusLine, describeDelivered, describeManifest, withLocalAnswers } from '../show';

export interface RunOptions {
  readonly date: string;
  readonly dataset?: string;
  readonly out?: string;
  readonly options?: string;
  readonly priority?: string;
  readonly replaces?: string;
  readonly force?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

export async function run(file: string, options: RunOptions): Promise<void> {
  const config = parseConfig(process.env);
  const { cleanBase, rawBase } = config;
  const s3Key = sourceUri(file);
  const found = (await datasetReader(config)()).of(s3Key, options.dataset);
  // The worker reports a declaration that cannot be used.
  const declared = found.kind === 'declared' ? found.dataset : undefined;
  const dataset = datasetNameOf(found) ?? options.dataset;
  const detail: Detail = {
    ...(options.options === undefined ? {} : jsonObject('--options', options.options)),
    s3Key,
    batchDate: calendarDate(options.date),
    ...(dataset !== undefined && { dataset }),
    ...(options.replaces !== undefined && { replaces: anyUri(options.replaces) }),
    ...(options.force && { force: true }),
    destination:
      options.out === undefined ? (declared?.declaration.destination ?? cleanBase) : destinationUri(options.out),
  };
  const { client, connection } = await connectClient();
  const printLine = (line: string): void => {
    if (!options.json) printLines([line]);
  };
  const line = options.json ? undefined : createStatusLine(process.stdout);
  try {
    const handle = await startPipeline(
      client,
      detail,
      rawBase,
      options.priority === undefined ? undefined : Number(options.priority),
    );
    printLine(`Started ${handle.workflowId} (run ${handle.firstExecutionRunId})`);
    if (!options.wait) {
      if (options.json) printJson(startedReport(handle));
      return;
    }
    const restoreInterrupt = detachOnInterrupt('run', handle.workflowId, () => line?.end());
    let isRouteShown = false;
    const report = await followPipeline(
      handle,
      detail,
      line && {
        onStatus: (status, reports) => {
          if (status.routing && !isRouteShown) {
            line.end();
            for (const fact of describeRoute(status.routing)) printLine(fact);
            isRouteShown = true;
          }
          line.show(withLocalAnswers(status, handle.workflowId), reports);
        },
        onProblem: line.note,
      },
    );
    restoreInterrupt();
    line?.end();
    if (options.json) printJson(report);
    else {
      // A short run may be closed before its status was queried.
      if (report.routing && !isRouteShown) for (const fact of describeRoute(report.routing)) printLine(fact);
      if (report.batch && report.manifest) printLines(describeDelivery(report.batch, report.manifest, report, detail));
      else printView(await readRun(client, report, etlCommand));
    }
    process.exitCode = exitCodeOf(report);
  } finally {
    await connection.close();
  }
}

function describeRoute(routing: Routing): string[] {
  return describeRouting(routing).map((line) => `Route:  ${line}`);
}

function startedReport({ workflowId, firstExecutionRunId: runId }: Handle): RunReport {
  return {
    workflowId,
    runId,
    status: 'RUNNING',
    failureType: null,
    reason: null,
    manifest: null,
    launches: [],
    costUsd: null,
  };
}

function describeDelivery(batch: Batch, manifest: Manifest, report: RunReport, { destination }: Detail): string[] {
  const { sinks = [], alreadyDelivered } = report;
  const applied = sinks.map(({ sink, detail: what }) => `Sink:   ${sink}: ${what}`);
  const place = layout(destination, batch);
  if (alreadyDelivered) return [...describeDelivered(manifest, place), ...applied];
  return ['Delivered.', ...describeManifest(manifest, place), ...applied, ...describeSpent(report)];
}

/** Returns a line for each launch, and one for their total cost. */
function describeSpent({ launches, costUsd }: RunReport): string[] {
  if (launches.length === 0) return ['Cost:   nothing was launched'];
  const cost =
    costUsd === null ? 'no separate cost, because the worker converted the file' : `$${costUsd.toFixed(4)}, estimated`;
  return [...launches.map((launch) => `  ${describeLaunch(launch)}`), `Cost:   ${cost}`];
}

/** Returns 0 only for delivered data. */
export function exitCodeOf({ status, failureType }: RunReport): number {
  return status === 'COMPLETED' ? exitCodes.done : exitCodeOfFailure(failureType);
}
