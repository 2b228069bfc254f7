import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../support/processes';
import { thorough } from '../../support/thorough';

// Runs the compiled packages, as every process does: run `npm run build` before the tests.
const intakeAlone = `
const { SQSClient } = require('@aws-sdk/client-sqs');
const { createSqsDeadLetters } = require('./dist/aws/sqsDeadLetters');
const { datasetReader } = require('./dist/config/datasets');
const { parseConfig } = require('./dist/config/environment');
const { connectClient } = require('./dist/config/connection');
const { startIntakes } = require('./dist/workers/intake/startIntakes');
const { createLogger } = require('./dist/workers/logger');
const config = parseConfig(process.env);
connectClient().then(({ client, connection }) => {
  const deadLetters = createSqsDeadLetters(new SQSClient({}), config.DLQ_URL);
  const intakes = startIntakes(config, client, deadLetters, createLogger(config.LOG_LEVEL), datasetReader(config));
  process.on('SIGTERM', async () => {
    await Promise.all(intakes.map((intake) => intake.stop()));
    await connection.close();
    process.disconnect();
  });
  process.send('ready');
});
`;

/**
 * Starts a process that takes up landed files, and returns when it is ready. In thorough mode it is the worker, which
 * also runs the pipelines; otherwise it is only the intake, and the pipelines stay open.
 */
export async function startIntakeProcess(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const program = thorough ? [join(root, 'dist', 'workers', 'main.js')] : ['-e', intakeAlone];
  const child = spawn(process.execPath, program, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  // A test that fails before it ends the process must not leave the process behind.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => {
    process.off('exit', kill);
    alive.delete(child);
  });
  alive.add(child);
  await once(child, 'message');
  return child;
}

const alive = new Set<ChildProcess>();

/** Ends the processes that a test left running. */
export async function endAll(): Promise<void> {
  await Promise.all([...alive].map((child) => end(child, 'SIGKILL')));
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
