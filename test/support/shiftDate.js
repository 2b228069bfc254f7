/**
 * Loaded by `node --require`: the process's Date is ahead by ETL_TEST_CLOCK_SHIFT_SECONDS, as on a machine whose clock is wrong.
 * Timers, `performance.now()` and the times of files are those of the machine.
 */
const shiftMs = Number(process.env.ETL_TEST_CLOCK_SHIFT_SECONDS ?? 0) * 1000;
const { now } = Date;
const shiftedNow = () => now() + shiftMs;

globalThis.Date = new Proxy(Date, {
  apply: (target) => new target(shiftedNow()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget),
  get: (target, name) => (name === 'now' ? shiftedNow : Reflect.get(target, name)),
});
globalThis.Date.prototype.constructor = globalThis.Date;
