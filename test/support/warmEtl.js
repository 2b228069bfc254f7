const { fork } = require('node:child_process');
const { join } = require('node:path');

/** Processes that wait for their next command. They outlive a file of tests: loading `etl` costs more than most commands. */
const idle = [];
/** More than these end with the file that needed them. */
const most = 2;
const busy = new Set();

function start() {
  const child = fork(join(__dirname, 'warmEtlMain.js'), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.once('exit', () => {
    busy.delete(child);
    if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
  });
  return child;
}

/**
 * Runs an `etl` command in a process that has already loaded it, several at once in several processes. Not for commands that are
 * signalled, use a terminal or start processes that outlive them.
 */
function run({ args, env, cwd }) {
  const child = idle.pop() ?? start();
  busy.add(child);
  child.ref();
  child.channel.ref();
  return new Promise((resolve) => {
    const onExit = (exitCode) => resolve({ exitCode, stdout: '', stderr: '' });
    child.once('exit', onExit);
    child.once('message', ({ ended, isLast }) => {
      child.off('exit', onExit);
      busy.delete(child);
      child.unref();
      child.channel?.unref();
      if (!isLast) idle.push(child);
      resolve(ended);
    });
    child.send({ args, env, cwd });
  });
}

/** Kills the processes whose command has not ended, and all but a few of the others. */
function endOfFile() {
  for (const child of [...busy, ...idle.splice(most)]) child.kill('SIGKILL');
}

module.exports = { run, endOfFile };
