/** Returns the least CPU time of three runs, or of fewer when a run takes too long, in milliseconds. */
function quickest(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    least = Math.min(least, (user + system) / 1000);
    if (least > 2000) break;
  }
  return least;
}

const short = 10_000;
const factor = 8;
/** Linear work takes 8 times as long, quadratic work 64 times. */
const mostTimes = 24;
/** Shorter times are not compared. */
const noiseMs = 100;

/** Returns whether the time of `read` grows faster than linearly with the length of the text. */
export function isSlow(read: (text: string) => unknown, make: (length: number) => string): boolean {
  const [one, other] = [make(short), make(factor * short)];
  const long = quickest(() => read(other));
  return long > noiseMs && long > mostTimes * quickest(() => read(one));
}
