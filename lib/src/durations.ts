/** Formats seconds, rounded up: `45 s`, `3 min 20 s`, `2 h 5 min`, `6 days 4 h`. */
export function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [minutes, hours, days] = [Math.floor(whole / 60), Math.floor(whole / 3600), Math.floor(whole / 86_400)];
  const pair = (large: string, small: number, unit: string) => (small === 0 ? large : `${large} ${small} ${unit}`);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(`${minutes} min`, whole % 60, 's');
  if (whole < 86_400) return pair(`${hours} h`, minutes % 60, 'min');
  return pair(days === 1 ? '1 day' : `${days} days`, hours % 24, 'h');
}
