import { main } from '../../cli/main';
import type { Ended } from './processes';

let lastCall: Promise<unknown> = Promise.resolve();

/**
 * Runs `etl` in this process: much cheaper than a process, for tests of what a command prints and of its exit code. Takes
 * no signals and starts in the current folder. Not for concurrent tests: a command loads its action when it runs, which Jest
 * refuses between two tests. Calls take turns, since output, environment and exit code belong to the process.
 */
export function etlInProcess(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const done = lastCall.then(() => call(args, env));
  lastCall = done.catch(() => undefined);
  return done;
}

async function call(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const before = { ...process.env };
  const known = new Set(process.stdout.listeners('error'));
  const streams = [capture(process.stdout), capture(process.stderr)] as const;
  const { argv } = process;
  setEnvironment(env);
  process.exitCode = undefined;
  // Some remedies show the same command with another option.
  process.argv = [process.execPath, 'etl', ...args];
  try {
    await main(process.argv);
    const [stdout, stderr] = streams.map((stream) => stream.text()) as [string, string];
    return { exitCode: Number(process.exitCode ?? 0), stdout, stderr };
  } finally {
    for (const stream of streams) stream.end();
    for (const each of process.stdout.listeners('error'))
      if (!known.has(each)) process.stdout.off('error', each as (error: Error) => void);
    setEnvironment(Object.fromEntries(Object.keys(env).map((name) => [name, before[name]])));
    process.exitCode = undefined;
    process.argv = argv;
  }
}

/** Sets variables of this process; undefined removes a variable. */
function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

function capture(stream: NodeJS.WriteStream) {
  let all = '';
  const spy = jest.spyOn(stream, 'write').mockImplementation((text) => {
    all += text;
    return true;
  });
  return { text: () => all, end: () => spy.mockRestore() };
}
