/**
 * A process that has loaded the built `etl` and runs one command for each message, for `warmEtl.js`. A command has the
 * environment, the folder and the arguments of its message, and ends when nothing keeps the process busy, as a process of
 * its own would.
 */
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const { main } = require(join(root, 'dist', 'cli', 'main.js'));
const { exit } = process;

/** Collects what is written to a stream. */
function capture(stream) {
  let text = '';
  stream.write = (chunk, ...more) => {
    text += chunk;
    more.find((each) => typeof each === 'function')?.();
    return true;
  };
  return () => text;
}

function setEnvironment(env) {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

/** Waits until everything that the command began has ended. */
async function untilIdle(before) {
  while (process.getActiveResourcesInfo().length > before)
    await new Promise((resolve) => setTimeout(resolve, 2).unref());
}

/** Removes the listeners of a command, which would have ended with its own process. */
function removeListeners() {
  process.stdout.removeAllListeners('error');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
}

process.on('message', async ({ args, env, cwd }) => {
  setEnvironment(env);
  process.chdir(cwd);
  process.argv = [process.execPath, join(root, 'cli', 'etl.js'), ...args];
  process.exitCode = undefined;
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  const ended = () => ({ exitCode: Number(process.exitCode ?? 0), stdout: stdout(), stderr: stderr() });
  // A command that ends its process ends this one.
  process.exit = (code = process.exitCode) => {
    process.exitCode = code;
    process.send({ ended: ended(), isLast: true }, () => exit());
  };
  const before = process.getActiveResourcesInfo().length;
  await main(process.argv);
  await untilIdle(before);
  removeListeners();
  process.send({ ended: ended(), isLast: false });
});
process.on('disconnect', () => exit());
