import { type Html, html } from '@etl/lib/text/html';
import type { Tone } from '../page/parts';
import { niceMax, round, scale } from './scale';

export interface Bar {
  /** Below the first and the last bar. */
  readonly name: string;
  readonly value: number;
  /** @default a neutral colour */
  readonly tone?: Tone;
}

export interface Bars {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly show: (value: number) => string;
}

const width = 250;
const height = 92;
const top = 16;

/** Returns a small bar chart. Each bar shows its value when it is pointed at. */
export function barChart({ label, bars, show }: Bars): Html {
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const max = niceMax(most);
  const bottom = height - 18;
  const tall = scale(max, 0, bottom - top);
  const step = width / Math.max(1, bars.length);
  const described = `${label}: from ${bars[0]?.name ?? ''} to ${bars.at(-1)?.name ?? ''}, at most ${show(most)}`;
  return html`<svg class="wide" viewBox="0 0 ${width} ${height}" role="img" aria-label="${described}">
<line class="grid" x1="0" x2="${width}" y1="${top}" y2="${top}"/><line class="grid" x1="0" x2="${width}" y1="${bottom}" y2="${bottom}"/>
<text x="0" y="11">${show(max)}</text>
${bars.map(({ name, value, tone }, index) => {
  const size = value > 0 ? Math.max(1.5, tall(value)) : 0;
  const x = round(index * step + step * 0.12);
  return html`<g><title>${name}: ${show(value)}</title><rect fill="none" pointer-events="all" x="${round(index * step)}" y="${top}" width="${round(step)}" height="${bottom - top}"/><rect class="f-${tone ?? 'bar'}" x="${x}" y="${round(bottom - size)}" width="${round(step * 0.76)}" height="${size}" rx="1.5"/></g>`;
})}
<text x="0" y="${height - 3}">${bars[0]?.name ?? ''}</text><text class="end" x="${width}" y="${height - 3}">${bars.at(-1)?.name ?? ''}</text>
</svg>`;
}
