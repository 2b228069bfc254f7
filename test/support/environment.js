const { AsyncLocalStorage } = require('node:async_hooks');
const { rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { promiseHooks } = require('node:v8');
const workerThreads = require('node:worker_threads');
const { TestEnvironment } = require('jest-environment-node');
const warmEtl = require('./warmEtl');
require('./quickWorkflows');

/** What the file of tests that runs in this process has hooked into. */
const hooked = new Set();

const { createHook } = promiseHooks;
promiseHooks.createHook = (callbacks) => {
  const stop = createHook(callbacks);
  hooked.add(stop);
  return stop;
};

for (const name of ['run', 'enterWith']) {
  const enter = AsyncLocalStorage.prototype[name];
  AsyncLocalStorage.prototype[name] = function (...args) {
    hooked.add(this);
    return enter.apply(this, args);
  };
}

const { Worker } = workerThreads;
workerThreads.Worker = class extends Worker {
  constructor(file, options) {
    const quick = String(file).endsWith('workflow-worker-thread.js');
    super(
      file,
      quick ? { ...options, execArgv: ['--no-warnings', '--require', require.resolve('./quickWorkflows')] } : options,
    );
  }
};

/** Local systems announce themselves to the commands of a user: those of a file of tests know each other alone. */
const stateHome = join(tmpdir(), `etl-test-state-${process.pid}`);

/**
 * Node's environment, of which a file of tests leaves no hooks behind: Temporal's SDK hooks into every promise of a process that
 * replays a workflow or has a connection, and each file that did so would make all promises of those behind it slower.
 */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.process.env.XDG_STATE_HOME = stateHome;
    this.global.warmEtl = warmEtl.run;
  }

  async teardown() {
    warmEtl.endOfFile();
    rmSync(stateHome, { recursive: true, force: true });
    for (const each of hooked) typeof each === 'function' ? each() : each.disable();
    hooked.clear();
    await super.teardown();
  }
};
