import { count, number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import type { QualityResult } from '@etl/pipeline/quality/results';
import { chip, empty, isolated, section } from '../page/parts';
import { table } from '../page/table';
import type { RunReport } from './data';

/** Returns the results of the quality rules, failed ones first. */
export function qualitySection({ commit }: RunReport): Html {
  if (!commit) return html``;
  const results = commit.manifest.quality ?? [];
  if (results.length === 0)
    return section({
      title: 'Quality',
      body: empty('The dataset has no quality rules beyond the gates on rows and rejects.'),
    });
  const order = { failed: 0, notEvaluable: 1, passed: 2 } as const;
  const failed = results.filter(({ outcome }) => outcome !== 'passed').length;
  return section({
    title: 'Quality',
    note: `${count(results.length, 'rule')}, ${failed === 0 ? 'all passed' : `${number(failed)} failed`}`,
    body: table<QualityResult>({
      label: 'Quality rules',
      columns: [
        { name: 'Rule', value: ({ name }) => isolated(name) },
        { name: 'Result', kind: 'tight', value: resultChip },
        {
          name: 'Value',
          kind: 'number',
          value: ({ value, unit }) => value !== undefined && `${number(value)}${unitOf(unit)}`,
        },
        { name: 'Threshold', value: ({ threshold }) => isolated(threshold) },
        ...(results.some((each) => detailOf(each) !== '')
          ? [{ name: 'Details', value: (each: QualityResult) => isolated(detailOf(each)) }]
          : []),
      ],
      rows: [...results].sort((a, b) => order[a.outcome] - order[b.outcome]),
    }),
  });
}

function detailOf({ reason, lines = [] }: QualityResult): string {
  return [reason, lines.length > 0 && `such as line ${lines.join(', ')}`].filter(Boolean).join('; ');
}

function resultChip({ outcome, level, approved }: QualityResult): Html {
  if (outcome === 'passed') return chip('passed', 'good');
  const name = outcome === 'failed' ? 'failed' : 'not evaluable';
  const effect = approved ? 'approved' : { block: 'blocks', hold: 'holds', warn: 'warns' }[level];
  return html`${chip(`${name}, ${effect}`, level === 'warn' || approved ? 'warn' : 'bad')}`;
}

const unitOf = (unit: QualityResult['unit']): string =>
  unit === 'percent' ? ' %' : unit === undefined ? '' : ` ${unit}`;
