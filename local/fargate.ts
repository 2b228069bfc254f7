import { parseArgs } from 'node:util';
import { type EcsEndpoint, startEcsEndpoint } from '@etl/fargate/endpoint';
import { faultHooks } from '@etl/fargate/faults/hooks';
import { loadFaultPlan } from '@etl/fargate/faults/load';
import { isCode } from '@etl/fargate/state/files';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { localEcsSettings, localImage } from './ecsSettings';
import { etlProgram } from './processConverter';

const usage = `Usage: node dist/local/fargate.js --port N --state DIR [--cluster NAME]… [--image NAME=JSON]…
         [--stopped-task-seconds N] [--rate-limits SCALE|off] [--faults FILE|JSON] [--stop-tasks]
  --image       the command of an image, as a JSON list: 'app:1=["node","app.js"]'
  --stopped-task-seconds  how long stopped tasks are kept (3600)
  --rate-limits a multiple of ECS's own, or off
  --faults      the fault plan, see docs/faults.md
  --stop-tasks  stop all tasks on SIGINT or SIGTERM; without it they continue to run`;

function parse() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      state: { type: 'string' },
      cluster: { type: 'string', multiple: true },
      image: { type: 'string', multiple: true },
      'stopped-task-seconds': { type: 'string' },
      'rate-limits': { type: 'string' },
      faults: { type: 'string' },
      'stop-tasks': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (values.port === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error('--port: expected a number from 0 to 65535');
  }
  if (values.state === undefined) throw new Error('--state: expected a folder');
  return {
    port,
    stateDir: values.state,
    clusters: values.cluster ?? [localEcsSettings.cluster],
    images: values.image ? Object.fromEntries(values.image.map(parseImage)) : etlImage(),
    stoppedTaskSeconds: positive('--stopped-task-seconds', values['stopped-task-seconds']),
    rateLimits: values['rate-limits'] === 'off' ? (false as const) : positive('--rate-limits', values['rate-limits']),
    hooks: faultHooks(values.faults === undefined ? undefined : loadFaultPlan(values.faults)),
    stopTasks: values['stop-tasks'],
  };
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined || Number(text) > 0) return text === undefined ? undefined : Number(text);
  throw new Error(`${option} ${text}: expected a number above 0`);
}

function parseImage(argument: string): [string, string[]] {
  const [, name = '', json = ''] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
  try {
    const command: unknown = JSON.parse(json);
    if (Array.isArray(command) && command.length > 0) return [name, command.map(String)];
  } catch {
    // Reported below.
  }
  throw new Error(`--image ${argument}: expected NAME=JSON, with a list of strings`);
}

/** Returns the image of the local task definition: the built ETL program. */
function etlImage(): Record<string, string[]> {
  const program = etlProgram();
  if (program === undefined) throw new Error('The ETL program is missing: run npm run build, or set --image');
  return { [localImage]: [process.execPath, program] };
}

async function main(): Promise<void> {
  let options: ReturnType<typeof parse>;
  try {
    options = parse();
  } catch (error) {
    return fail((error as Error).message, usage, 64);
  }
  let endpoint: EcsEndpoint;
  try {
    endpoint = await startEcsEndpoint(options);
  } catch (error) {
    if (isCode(error, 'EADDRINUSE')) {
      return fail(
        `Port ${options.port} is in use, so the local Fargate endpoint cannot listen on it.`,
        'Stop the program that uses it, or choose another port with --port.',
        exitCodes.unavailable,
      );
    }
    return fail((error as Error).message, `Check the state folder ${options.stateDir}.`, exitCodes.ioError);
  }
  const end = async (): Promise<void> => {
    try {
      if (options.stopTasks) await endpoint.stopAllTasks('The local endpoint was stopped.');
      await endpoint.close();
      process.exit(0);
    } catch (error) {
      fail((error as Error).message, `Check the state folder ${options.stateDir}.`, exitCodes.ioError);
      process.exit();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void end());
  const ready = { ecs: endpoint.url, port: endpoint.port, pid: process.pid, stateDir: options.stateDir };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  // Notifies a waiting parent process.
  process.send?.(ready);
}

function fail(cause: string, remedy: string, code: number): void {
  process.stderr.write(`${cause}\n${remedy}\n`);
  process.exitCode = code;
}

void main();
