/** For Jest's fake timers: fakes only the date, as on a machine with a wrong clock. */
export const notTheDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

const day = 86_400_000;
/** Offsets of a machine's clock from a service's clock, in milliseconds. */
export const clockErrors = [-day, -120_000, 0, 120_000, day];
