import { type Html, html } from '@etl/lib/text/html';
import { showTime } from '../page/amounts';
import { chip, isolated, section, type Tone } from '../page/parts';
import { table } from '../page/table';
import type { SinkState } from './data';

const tones: Readonly<Record<SinkState['state'], Tone>> = { applied: 'good', failed: 'bad', behind: 'warn' };

/** Returns the sinks of the batch, and whether each has its newest commit; nothing for a batch without sinks. */
export function sinksSection(sinks: readonly SinkState[]): Html {
  if (sinks.length === 0) return html``;
  return section({
    title: 'Sinks',
    body: table<SinkState>({
      label: 'Sinks',
      columns: [
        { name: 'Sink', value: ({ sink }) => isolated(sink) },
        { name: 'State', kind: 'tight', value: ({ state }) => chip(state, tones[state]) },
        { name: 'Details', value: ({ detail }) => isolated(detail) },
        { name: 'Time', kind: 'tight', value: ({ at }) => at !== undefined && showTime(at) },
      ],
      rows: sinks,
    }),
  });
}
