import { count } from '@etl/lib/amounts';
import { cut } from '@etl/lib/capped';
import { type Html, html } from '@etl/lib/text/html';
import { showSeconds } from '../page/amounts';
import type { Tone } from '../page/parts';
import { round, scale, timeTicks } from './scale';

/** Work between two times, in milliseconds since the epoch. */
export interface Span {
  /** When it was asked for. */
  readonly asked: number;
  /** When it began, after its time in a queue; absent if it never did. */
  readonly began?: number;
  /** When it ended; for open work, the time of the page. */
  readonly ended: number;
  readonly tone: Tone;
  /** One line. */
  readonly label: string;
}

export interface Lane {
  readonly name: string;
  /** By `asked`. */
  readonly spans: readonly Span[];
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane[];
}

const width = 1080;
const left = 128;
const right = width - 84;
const laneHeight = 30;
const top = 6;
const barHeight = 16;

/** Spans that a lane shows one by one. More are shown as their number over time. */
const maxBars = 24;

/** Returns a picture of the lanes on one axis of time. */
export function timelineChart({ from, to, lanes }: Timeline): Html {
  const seconds = Math.max(0.001, (to - from) / 1000);
  const x = scale(seconds, left, right);
  const at = (time: number): number => x((time - from) / 1000);
  const bottom = top + lanes.length * laneHeight;
  const total = `${count(lanes.length, 'kind')} of steps in ${showSeconds(seconds)}`;
  return html`<div class="scroll" role="group" aria-label="Timeline" tabindex="0"><svg class="wide timeline" viewBox="0 0 ${width} ${bottom + 26}" role="img" aria-label="Timeline: ${total}: ${lanes.map(({ name }) => name).join(', ')}">
${timeTicks(seconds, 8).map(
  (tick) =>
    html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom + 4}"/><text class="mid" x="${x(tick)}" y="${bottom + 18}">${tick === 0 ? '0' : showSeconds(tick)}</text>`,
)}
${lanes.map(({ name, spans }, index) => {
  const y = top + index * laneHeight;
  const shown = spans.length > maxBars ? crowd(spans, at, y) : bars(spans, at, y);
  return html`<text class="strong" x="0" y="${y + 19}">${cut(name, 18)}</text>${shown}
`;
})}</svg></div>`;
}

type At = (time: number) => number;

function bars(spans: readonly Span[], at: At, y: number): Html {
  const from = y + (laneHeight - barHeight) / 2;
  return html`${spans.map(({ asked, began, ended, tone, label }, index) => {
    const start = at(began ?? asked);
    const queued = at(asked);
    const size = Math.max(2.5, round(at(ended) - start));
    const next = spans[index + 1];
    const room = (next ? at(next.asked) : width) - (start + size);
    const text = showSeconds((ended - asked) / 1000);
    return html`<g><title>${label}</title>${start > queued && html`<rect class="f-queue" x="${queued}" y="${from + 5}" width="${round(start - queued)}" height="${barHeight - 10}"/>`}<rect class="${fillOf(tone)}" x="${start}" y="${from}" width="${size}" height="${barHeight}" rx="3"/></g>${room > text.length * 7 + 12 && html`<text x="${round(start + size + 6)}" y="${y + 19}">${text}</text>`}`;
  })}`;
}

/** Widths of the picture, in pixels, for which a crowd has one count. */
const pixel = 3;

/** Returns the number of spans that are open at a time, as an area, with marks for those that failed. */
function crowd(spans: readonly Span[], at: At, y: number): Html {
  const counts = new Map<number, number>();
  const failed = new Set<number>();
  for (const { asked, began, ended, tone } of spans) {
    const column = (time: number): number => Math.floor(at(time) / pixel);
    for (let each = column(began ?? asked); each <= column(ended); each++)
      counts.set(each, (counts.get(each) ?? 0) + 1);
    if (tone === 'bad') failed.add(column(ended));
  }
  const most = Math.max(...counts.values());
  const floor = y + laneHeight - 4;
  const height = scale(most, 0, laneHeight - 8);
  const rects = runsOf(counts).map(
    ({ first, last, value }) =>
      html`<rect class="f-good" x="${first * pixel}" y="${round(floor - height(value))}" width="${(last - first + 1) * pixel}" height="${height(value)}"/>`,
  );
  const marks = [...failed].map(
    (each) => html`<rect class="f-bad" x="${each * pixel}" y="${y + 2}" width="${pixel}" height="${laneHeight - 6}"/>`,
  );
  const bad = spans.filter(({ tone }) => tone === 'bad').length;
  const text = `${count(spans.length, 'span')}, at most ${most} at a time${bad > 0 ? `, ${bad} failed` : ''}`;
  return html`<g><title>${text}</title>${rects}${marks}</g><text class="end" x="${width}" y="${y + 19}">${spans.length}</text>`;
}

/** Returns neighbouring columns of equal count as one rectangle. */
function runsOf(counts: ReadonlyMap<number, number>): { first: number; last: number; value: number }[] {
  const runs: { first: number; last: number; value: number }[] = [];
  for (const [column, value] of [...counts].sort(([a], [b]) => a - b)) {
    const run = runs.at(-1);
    if (run && run.value === value && run.last === column - 1) run.last = column;
    else runs.push({ first: column, last: column, value });
  }
  return runs;
}

const fillOf = (tone: Tone): string => `f-${tone}`;

/** Colours of the bars, for the legend. */
export const timelineLegend: Html = html`<ul class="legend">${(
  [
    ['f-good', 'done'],
    ['f-bad', 'failed'],
    ['f-warn', 'waiting'],
    ['f-busy', 'open'],
    ['f-calm', 'cancelled or cut off'],
    ['f-queue', 'in a queue'],
  ] as const
).map(
  ([fill, text]) =>
    html`<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="${fill}" y="${fill === 'f-queue' ? 4 : 1}" width="12" height="${fill === 'f-queue' ? 4 : 10}" rx="2"/></svg>${text}</li>`,
)}</ul>`;
