import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { topics } from '@etl/pipeline/definition';
import { fileUri } from '@etl/pipeline/fileUri';
import { layout } from '@etl/pipeline/layout';
import { freePortFrom } from '../../local/freePort';
import { makeStateFolder, places } from '../../local/places';
import { ensureSalesSample } from '../../local/samples/ventas';
import { parseConfig } from '../../workers/config';
import { connectClient } from '../../workers/connection';
import { localDefaults } from '../../workers/localDefaults';
import type { DemoOptions } from '../commands/demo';
import { CliError, cliExitCodes } from '../errors';
import { type Detail, followPipeline, type RunReport, startPipeline } from '../runPipeline';
import { createStatusLine, describeManifest } from '../show';
import { untilSignal } from '../signals';
import { type LocalSystem, startSystem } from '../system/system';

const batchDate = '2026-02-08';

export async function demo({ rows, keep }: DemoOptions): Promise<void> {
  const stateDir = join(parseConfig(process.env).stateDir, 'demo');
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  makeStateFolder(stateDir);
  const signal = untilSignal();
  const stopping = new AbortController();
  const interrupted = signal.then(() => {
    throw new CliError(
      'interrupted',
      'nothing was left running; start again with `npm run demo`',
      cliExitCodes.interrupted,
    );
  });
  interrupted.catch(() => undefined); // heard wherever it is raced against
  // What an earlier demo left; the sample is kept, since it is always the same.
  for (const folder of [places(stateDir).lake, places(stateDir).outbox, places(stateDir).ecs]) {
    await rm(folder, { recursive: true, force: true });
  }
  say(`Sample: ${rows.toLocaleString('en-US')} rows of sales, with the dirt that real files have …`);
  const sample = await Promise.race([ensureSalesSample(places(stateDir).samples, rows), interrupted]);
  let delivered = false;
  const starting = start(stateDir, say, stopping.signal);
  try {
    const system = await Promise.race([starting, interrupted]);
    if (system.ui) say(`Web UI, while the demo is up: ${system.ui}`);
    const detail: Detail = {
      s3Key: fileUri(sample),
      batchDate,
      dataset: 'ventas',
      source: 'ventas',
      destination: fileUri(places(stateDir).lake),
      // What is shown is a Fargate task, however small the sample.
      compute: { lane: 'fargate' },
    };
    const report = await runOn(system, detail, say, interrupted);
    delivered = report.status === 'COMPLETED';
    if (!report.manifest)
      throw new CliError(`${report.failureType}: ${report.reason}`, `see ${places(stateDir).logs}`, 1);
    for (const line of await describe(report, detail, stateDir)) say(line);
    if (keep && process.stdout.isTTY) {
      say(`\nThe Web UI is up at ${system.ui ?? system.temporal}. Ctrl-C ends the demo.`);
      await signal;
    }
  } finally {
    say('Stopping …');
    stopping.abort();
    // Even what was only being started: it is there in a moment, or fails.
    await starting.then(
      (system) => system.stop(),
      () => undefined,
    );
    if (!delivered) await rm(places(stateDir).lake, { recursive: true, force: true });
  }
}

async function start(stateDir: string, say: (line: string) => void, signal: AbortSignal): Promise<LocalSystem> {
  say('Starting Temporal, the local Fargate endpoint and a worker …');
  const temporalPort = await freePortFrom(localDefaults.temporalPort);
  const uiPort = await freePortFrom(localDefaults.uiPort);
  const ecsPort = await freePortFrom(localDefaults.ecsPort);
  return await startSystem({ stateDir, temporalPort, uiPort, ecsPort, persistent: false, say, signal });
}

/**
 * Throws what `interrupted` throws, once the run's calls are given up: they would be sent again and again to a server that
 * is gone, and keep this process from ending.
 */
async function runOn(
  system: LocalSystem,
  detail: Detail,
  say: (line: string) => void,
  interrupted: Promise<never>,
): Promise<RunReport> {
  process.env.TEMPORAL_ADDRESS = system.temporal;
  const { client, connection } = await connectClient();
  const givenUp = new AbortController();
  const following = client.withAbortSignal(givenUp.signal, async () => {
    const handle = await startPipeline(client, detail, undefined);
    say(`Run: ${handle.workflowId}`);
    const line = createStatusLine(process.stdout);
    const report = await followPipeline(handle, detail, { onStatus: line.show, onTrouble: line.note });
    line.end();
    return report;
  });
  try {
    return await Promise.race([following, interrupted]);
  } finally {
    givenUp.abort();
    await following.catch(() => undefined);
    await connection.close();
  }
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
    '  npx etl convert samples/ventas.csv --out out        one file, without Temporal',
    '  npx etl up                                          the local system, to start runs in yourself',
    '  npx etl run samples/ventas.csv --date 2026-02-08    … in another terminal',
  ];
}
