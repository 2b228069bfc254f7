import { taskQueues } from '@etl/pipeline/definition';
import { loadFaultPlan } from '../../local/faults/load';
import { type FaultPlan, FaultPlanError } from '../../local/faults/plan';
import { parseConfig } from '../../workers/config';
import type { UpOptions } from '../commands/up';
import { CliError, cliExitCodes } from '../errors';
import { untilSignal } from '../signals';
import { startSystem } from '../system/system';

export async function up({ json, faults, watch, ...ports }: UpOptions): Promise<void> {
  const { stateDir } = parseConfig(process.env);
  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const stopping = new AbortController();
  const signal = untilSignal().finally(() => stopping.abort());
  const system = await startSystem({
    ...ports,
    faults,
    watch,
    stateDir,
    persistent: true,
    say,
    signal: stopping.signal,
  });
  if (json) {
    const { temporal, ui, ecs } = system;
    process.stdout.write(`${JSON.stringify({ temporal, ui, ecs, taskQueue: taskQueues.main, pids: system.pids() })}\n`);
  } else {
    say(`Temporal  ${system.temporal}`);
    if (system.ui) say(`Web UI    ${system.ui}`);
    say(`Fargate   ${system.ecs}`);
    say(`State     ${stateDir}`);
    if (watch !== undefined) say(`Watching  ${watch}`);
    say('\nReady. In another terminal:');
    say('  npx etl run samples/ventas.csv --date 2026-02-08');
    say(
      `  temporal workflow start --type etlPipeline --task-queue ${taskQueues.main} --workflow-id my-first-run \\\n` +
        `    --input '{"detail":{"s3Key":"file://${process.cwd()}/samples/ventas.csv","batchDate":"2026-02-08"}}'`,
    );
    say('Ctrl-C ends everything.');
  }
  if (faults) {
    say(
      `Faults are on (${faults.rules.length} rules, seed ${faults.seed}): see and switch them at ${system.ecs}/faults`,
    );
  }
  await signal;
  say('Stopping …');
  await system.stop();
  say('Stopped.');
}

/** The option's parser. */
export function faultPlan(fileOrJson: string): FaultPlan {
  try {
    return loadFaultPlan(fileOrJson);
  } catch (error) {
    if (!(error instanceof FaultPlanError)) throw error;
    throw new CliError(error.message, 'docs/faults.md has every fault and its keys', cliExitCodes.usage);
  }
}
