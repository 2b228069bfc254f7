import { number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import { describePurpose } from '@etl/pipeline/launches';
import { showSeconds, showUsd } from '../page/amounts';
import { chip, isolated, section } from '../page/parts';
import { maxRows, table } from '../page/table';
import type { RunCosts } from './data';

type Row = RunCosts['launches'][number];

/** Returns the launches of a run with their cost: the estimate before the first one, the actual cost, and the waste. */
export function launchesSection({ launches, estimateUsd }: RunCosts): Html {
  if (launches.length === 0) return html``;
  const actual = sum(launches.map(({ usd }) => usd));
  const waste = sum(launches.filter(({ isWaste }) => isWaste).map(({ usd }) => usd));
  const difference = estimateUsd === undefined ? undefined : actual - estimateUsd;
  const note = [
    `actual ${showUsd(actual)}`,
    ...(estimateUsd === undefined ? [] : [`estimate ${showUsd(estimateUsd)}`]),
    ...(difference === undefined ? [] : [`difference ${difference < 0 ? '−' : '+'}${showUsd(Math.abs(difference))}`]),
    `waste ${showUsd(waste)}`,
  ];
  return section({
    title: 'Launches and cost',
    note: note.join(', '),
    body: table<Row>({
      label: 'Launches',
      columns: [
        { name: 'Launch', value: nameOf },
        { name: 'Where', kind: 'tight', value: placeOf },
        { name: 'Size', kind: 'tight', value: sizeOf },
        {
          name: 'Time',
          kind: 'number',
          value: ({ launch }) => launch?.seconds !== undefined && showSeconds(launch.seconds),
        },
        { name: 'Exit', kind: 'number', value: ({ launch }) => launch?.exitCode },
        { name: 'Result', value: resultOf },
        { name: 'Cost', kind: 'number', value: ({ usd }) => showUsd(usd) },
        { name: 'Waste', kind: 'number', value: ({ usd, isWaste }) => (isWaste ? showUsd(usd) : '') },
      ],
      // The latest ones, if there are too many.
      rows: launches.slice(-maxRows),
      of: launches.length,
      total: ['Total', '', '', '', '', '', showUsd(actual), showUsd(waste)],
    }),
  });
}

function nameOf({ launch }: Row): string {
  if (!launch) return 'earlier launches';
  const purpose = describePurpose(launch);
  return `${launch.generation}${purpose === undefined ? '' : ` (${purpose})`}`;
}

const places = {
  fargate: 'Fargate',
  'fargate-spot': 'Fargate Spot',
  lambda: 'Lambda',
  worker: 'worker process',
} as const;

const placeOf = ({ lane }: Row): string => places[lane];

function sizeOf({ launch }: Row): string {
  if (launch?.memoryMiB !== undefined) return `${number(launch.memoryMiB)} MiB`;
  return launch?.size ? `${launch.size.cpu / 1024} vCPU, ${launch.size.memoryMiB / 1024} GiB` : '';
}

function resultOf({ launch }: Row): Html {
  if (!launch) return html``;
  const { failureType, reason = '' } = launch;
  if (failureType === undefined) return chip('done', 'good');
  return html`${chip(failureType, 'bad')} <span class="small">${isolated(reason)}</span>`;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
