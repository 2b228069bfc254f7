import type { Program } from '../run/program';

/** Long compared to a timer's error, short compared to a stop timeout. */
const cycleMs = 100;

/**
 * Lets the program run for only this share of the time (0.01 to 1), in cycles of 100 ms. SIGTERM takes effect when the
 * program runs again. Returns a function that restores full speed.
 */
export function slowDown(program: Program, share: number): () => void {
  let timer: NodeJS.Timeout | undefined;

  function run(): void {
    program.resume();
    timer = setTimeout(pause, cycleMs * share);
  }

  function pause(): void {
    program.pause();
    timer = setTimeout(run, cycleMs * (1 - share));
  }

  function cancel(): void {
    clearTimeout(timer);
    process.off('exit', cancel);
    program.resume();
  }

  if (share < 1) run();
  // A supervisor that fails must not leave a suspended program behind.
  process.on('exit', cancel);
  return cancel;
}
