import { type Html, html } from '@etl/lib/text/html';
import { showSeconds } from '../page/amounts';
import { niceMax, round, scale, timeTicks } from './scale';

export interface Line {
  readonly label: string;
  /** Seconds since the start, and the value, by time. */
  readonly points: readonly (readonly [seconds: number, value: number])[];
  readonly show: (value: number) => string;
}

const width = 320;
const height = 130;
const left = 52;
const top = 10;

/** Returns a small line chart over time. */
export function lineChart({ label, points, show }: Line): Html {
  const seconds = Math.max(0.001, points.at(-1)?.[0] ?? 0);
  const most = Math.max(0, ...points.map(([, value]) => value));
  const max = niceMax(most);
  const bottom = height - 22;
  const x = scale(seconds, left, width - 8);
  const y = scale(max, bottom, top);
  const path = points.map(([at, value]) => `${x(at)},${y(value)}`).join(' ');
  const [first = 0, last = 0] = [points[0]?.[0], points.at(-1)?.[0]];
  return html`<svg class="wide" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}: at most ${show(most)} in ${showSeconds(seconds)}">
${[0, max / 2, max].map((value) => html`<line class="grid" x1="${left}" x2="${width - 8}" y1="${y(value)}" y2="${y(value)}"/><text class="end" x="${left - 8}" y="${round(y(value) + 4)}">${show(value)}</text>`)}
${timeTicks(seconds, 4).map((tick) => html`<text class="mid" x="${x(tick)}" y="${height - 5}">${tick === 0 ? '0' : showSeconds(tick)}</text>`)}
<polygon class="area" points="${x(first)},${bottom} ${path} ${x(last)},${bottom}"/><polyline class="line" points="${path}"/>
</svg>`;
}
