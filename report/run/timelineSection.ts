import { type Html, html } from '@etl/lib/text/html';
import { type Lane, type Span, type Timeline, timelineChart, timelineLegend } from '../charts/timeline';
import { showSeconds, showTime } from '../page/amounts';
import { empty, section } from '../page/parts';
import { table } from '../page/table';

/** Returns the timeline as a picture, and as a table for those who cannot see it. */
export function timelineSection(timeline: Timeline | undefined): Html {
  if (!timeline || timeline.lanes.length === 0)
    return section({ title: 'Timeline', body: empty('The history of this run is not available.') });
  const steps = timeline.lanes.flatMap(({ name, spans }) => spans.map((span) => ({ name, span })));
  const inOrder = [...steps].sort((a, b) => a.span.asked - b.span.asked);
  return section({
    title: 'Timeline',
    note: `from ${showTime(new Date(timeline.from).toISOString())}`,
    body: html`${timelineChart(timeline)}${timelineLegend}
<details><summary>The steps as a table</summary>${table<{ name: Lane['name']; span: Span }>({
      label: 'Steps',
      columns: [
        { name: 'Step', value: ({ span }) => span.label },
        { name: 'After', kind: 'number', value: ({ span }) => showSeconds((span.asked - timeline.from) / 1000) },
        {
          name: 'In a queue',
          kind: 'number',
          value: ({ span }) => (span.began === undefined ? '' : showSeconds((span.began - span.asked) / 1000)),
        },
        {
          name: 'Took',
          kind: 'number',
          value: ({ span }) => showSeconds((span.ended - (span.began ?? span.asked)) / 1000),
        },
      ],
      rows: inOrder,
    })}</details>`,
  });
}
