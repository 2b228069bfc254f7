import type { Program } from '../ecs/program';

/** Long beside a timer's error, short beside a stop timeout. */
const cycleMs = 100;

/**
 * Lets the program run for this share of the time (0.01 to 1) only, in cycles of 100 ms: a signal that asks it to end
 * reaches it when it runs again. Returns what calls this off; the program then goes on at its own speed.
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

  function callOff(): void {
    clearTimeout(timer);
    process.off('exit', callOff);
    program.resume();
  }

  if (share < 1) run();
  // A supervisor that fails leaves no program behind that stands still.
  process.on('exit', callOff);
  return callOff;
}
