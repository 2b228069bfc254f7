/** CPU time of the quickest of three runs, or of the first one that takes too long, in milliseconds. */
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
/** Quadratic work takes 64 times as long. */
const mostTimes = 24;
/** What takes less is not compared. */
const noiseMs = 100;

/** Returns whether work takes more than linear time for texts of such a shape. */
export function isSlow(read: (text: string) => unknown, make: (length: number) => string): boolean {
  const [one, other] = [make(short), make(factor * short)];
  const long = quickest(() => read(other));
  return long > noiseMs && long > mostTimes * quickest(() => read(one));
}
