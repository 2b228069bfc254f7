/**
 * Lowers the CPU time of workflow activations in tests. Jest's environment loads it, and makes the threads in which the SDK runs
 * workflows load it.
 */
const { promiseHooks } = require('node:v8');
const vm = require('node:vm');

/** The SDK records the stack of each promise for the query `__stack_trace`, which no test sends. */
const { createHook } = promiseHooks;
promiseHooks.createHook = (callbacks) =>
  Object.keys(callbacks).join() === 'init,settled' ? () => undefined : createHook(callbacks);

/**
 * Node starts a thread for each call with a timeout, and the SDK limits each of the four calls of an activation. A
 * workflow that never yields fails its test by the test's own timeout instead.
 */
const { runInContext } = vm.Script.prototype;
vm.Script.prototype.runInContext = function (context, { timeout, ...options } = {}) {
  return runInContext.call(this, context, options);
};
