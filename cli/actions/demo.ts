import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import { topics } from '@etl/pipeline/definition';
import { layout } from '@etl/pipeline/layout';
import type { Client } from '@temporalio/client';
import { type Detail, followPipeline, type RunReport, startPipeline } from '../../client/runPipeline';
import { connectClient } from '../../config/connection';
import { parseConfig } from '../../config/environment';
import { localDefaults } from '../../config/localDefaults';
import { freePortFrom } from '../../local/freePort';
import { places } from '../../local/places';
import { ensureSalesSample } from '../../local/samples/ventas';
import { entryOf, systemNamespace } from '../../local/system/entry';
import type { SystemSettings } from '../../local/system/settings';
import { holdStateFolder } from '../../local/system/stateLock';
import { startSystem } from '../../local/system/system';
import { cliExitCodes } from '../errors';
import { etlCommand, sampleFile } from '../hints';
import { printLines } from '../output';
import { createStatusLine, describeManifest } from '../show';
import { untilSignal } from '../signals';

export interface DemoOptions {
  readonly rows: number;
  readonly keep: boolean;
}

const batchDate = '2026-02-08';

export async function demo({ rows, keep }: DemoOptions): Promise<void> {
  const stateDir = join(parseConfig(process.env).stateDir, 'demo');
  const ports = {
    temporalPort: await freePortFrom(localDefaults.temporalPort),
    uiPort: await freePortFrom(localDefaults.uiPort),
    ecsPort: await freePortFrom(localDefaults.ecsPort),
  };
  const signal = untilSignal();
  const interrupted = signal.then(() => {
    const remedy = `Run it again with: ${etlCommand('demo')}; no process was left running`;
    throw new CliError('interrupted', remedy, cliExitCodes.interrupted);
  });
  interrupted.catch(() => undefined); // handled wherever it is raced against
  const self = {
    command: 'etl demo',
    temporal: process.env.TEMPORAL_ADDRESS || `127.0.0.1:${ports.temporalPort}`,
    ecs: `http://127.0.0.1:${ports.ecsPort}`,
  };
  const release = await holdStateFolder(stateDir, self, etlCommand('down'));
  try {
    await demoIn(stateDir, { ports, rows, signal, interrupted, keep: keep && process.stdout.isTTY });
  } finally {
    await release();
  }
}

interface Demo {
  readonly ports: Pick<SystemSettings, 'temporalPort' | 'uiPort' | 'ecsPort'>;
  readonly rows: number;
  readonly keep: boolean;
  /** Resolves when the user asks to stop; `interrupted` then rejects. */
  readonly signal: Promise<unknown>;
  readonly interrupted: Promise<never>;
}

async function demoIn(stateDir: string, { ports, rows, keep, signal, interrupted }: Demo): Promise<void> {
  const log = (line: string): void => printLines([line]);
  const namespace = systemNamespace();
  const stopping = new AbortController();
  // Remove the output of an earlier demo, but keep the sample, which is always the same.
  for (const folder of [places(stateDir).lake, places(stateDir).outbox, places(stateDir).ecs]) {
    await rm(folder, { recursive: true, force: true });
  }
  log(`Sample: ${rows.toLocaleString('en-US')} rows of sales with typical data errors …`);
  const sample = await Promise.race([ensureSalesSample(places(stateDir).samples, rows), interrupted]);
  let delivered = false;
  log('Starting Temporal, the local Fargate endpoint and a worker …');
  const starting = startSystem({
    ...{ ...ports, stateDir, namespace, persistent: false, isDemo: true, log, signal: stopping.signal },
  });
  try {
    const system = await Promise.race([starting, interrupted]);
    if (system.ui) log(`Web UI, while the demo runs: ${system.ui}`);
    const detail: Detail = {
      s3Key: fileUri(sample),
      batchDate,
      dataset: 'ventas',
      source: 'ventas',
      destination: fileUri(places(stateDir).lake),
      // The demo shows a Fargate task even for a small sample.
      compute: { lane: 'fargate' },
    };
    const { environment } = entryOf(system, stateDir, namespace);
    const { client, connection } = await connectClient({ ...process.env, ...environment });
    const report = await runOn(client, detail, log, interrupted);
    await connection.close();
    delivered = report.status === 'COMPLETED';
    if (!report.manifest)
      throw new CliError(`${report.failureType}: ${report.reason}`, `Check the logs in ${places(stateDir).logs}`, 1);
    for (const line of await describe(report, detail, stateDir)) log(line);
    if (keep) {
      log('');
      log(`The Web UI is at ${system.ui ?? system.temporal}. Press Ctrl-C to stop the demo.`);
      await signal;
    }
  } finally {
    log('Stopping …');
    stopping.abort();
    // Wait for a start that is under way, then stop it.
    await starting.then(
      (system) => system.stop(),
      () => undefined,
    );
    if (!delivered) await rm(places(stateDir).lake, { recursive: true, force: true });
  }
}

/** Starts a run and follows it to its end. Rejects with the error of `interrupted`. */
async function runOn(
  client: Client,
  detail: Detail,
  log: (line: string) => void,
  interrupted: Promise<never>,
): Promise<RunReport> {
  const follow = async (): Promise<RunReport> => {
    const handle = await startPipeline(client, detail, undefined);
    log(`Run: ${handle.workflowId}`);
    const line = createStatusLine(process.stdout);
    const report = await followPipeline(handle, detail, { onStatus: line.show, onProblem: line.note });
    line.end();
    return report;
  };
  const following = follow();
  // After an interrupt, the client keeps retrying calls to a stopped server. The process exits without waiting for them
  // and leaves the connection open: Temporal's client throws in a timer when it retries a call on a closed connection.
  following.catch(() => undefined);
  return Promise.race([following, interrupted]);
}

function nextCommands(): string[] {
  const { shown } = sampleFile('ventas.csv');
  const commands = [
    [etlCommand('convert', shown, '--out', 'out'), 'convert one file, without Temporal'],
    [etlCommand('up'), 'start the local system'],
    [etlCommand('run', shown, '--date', batchDate), 'run a file, in another terminal'],
  ];
  const width = Math.max(...commands.map(([command = '']) => command.length));
  return commands.map(([command = '', what]) => `  ${command.padEnd(width)}    ${what}`);
}

async function describe(report: RunReport, detail: Detail, stateDir: string): Promise<string[]> {
  const { batch, manifest } = report;
  const outbox = join(places(stateDir).outbox, topics.success);
  const letter = (await readdir(outbox)).sort().at(-1);
  const message = letter && (JSON.parse(await readFile(join(outbox, letter), 'utf8')) as { body: string });
  return [
    '',
    'Delivered.',
    ...(batch && manifest ? describeManifest(manifest, layout(detail.destination, batch)) : []),
    '',
    `Notification (topic ${topics.success}):`,
    ...(message ? message.body.split('\n').map((line) => `  | ${line}`) : ['  none']),
    '',
    'Next:',
    ...nextCommands(),
  ];
}
