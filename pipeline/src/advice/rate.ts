/** Price of a run in US dollars: per request, and per minute with a minimum number of billed minutes. */
export interface Rate {
  readonly requestUsd: number;
  readonly minuteUsd: number;
  readonly minimumMinutes: number;
}

/** Returns the cost of a run. */
export const rateUsd = ({ requestUsd, minuteUsd, minimumMinutes }: Rate, minutes: number): number =>
  requestUsd + minuteUsd * Math.max(minutes, minimumMinutes);

/**
 * Returns the minutes, up to `mostMinutes`, at which the ranking of two rates changes, in ascending order. Rates are
 * linear between their minimums, so each section has at most one crossing.
 */
export function crossings(one: Rate, other: Rate, mostMinutes: number): number[] {
  const difference = (minutes: number): number => rateUsd(one, minutes) - rateUsd(other, minutes);
  const bounds = [0, one.minimumMinutes, other.minimumMinutes, mostMinutes]
    .filter((bound) => bound <= mostMinutes)
    .sort((a, b) => a - b);
  return bounds.slice(1).flatMap((to, index) => {
    const from = bounds[index] ?? 0;
    const [first, last] = [difference(from), difference(to)];
    return from < to && first * last < 0 ? [from + ((to - from) * first) / (first - last)] : [];
  });
}
