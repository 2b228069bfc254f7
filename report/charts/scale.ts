/** Rounds a coordinate to a tenth, which keeps pages small. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Maps values from 0 to `max` to coordinates from `from` to `to`. */
export function scale(max: number, from: number, to: number): (value: number) => number {
  const range = max > 0 ? max : 1;
  return (value) => round(from + (Math.min(Math.max(value, 0), range) / range) * (to - from));
}

const steps = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160, 8760].map((hours) => hours * 3600),
];

/** Returns at most `most` round times from 0 to `seconds`, at equal distances. */
export function timeTicks(seconds: number, most: number): number[] {
  const step = steps.find((each) => seconds / each <= most) ?? seconds / most;
  return step > 0 ? Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step) : [0];
}

/** Returns the least of 1, 2, 2.5 and 5 times a power of ten that is not less than a value. */
export function niceMax(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((each) => each * power >= value) ?? 10) * power;
}
