/** Of Jest's fake timers: only the date is another one, as on a machine whose clock is wrong. */
export const notTheDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

const day = 86_400_000;
/** How far the clock of a machine may be from that of a service, in milliseconds. */
export const clockErrors = [-day, -120_000, 0, 120_000, day];
