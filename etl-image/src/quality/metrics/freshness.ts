import { kindOf } from '@etl/pipeline/columns/types';
import type { RuleOf } from '@etl/pipeline/quality/rules';
import type { ColumnPlan } from '../../types/schema';
import { Zone } from '../../types/zones';
import type { Metric } from '../metric';

/** Newest value, in microseconds since 1970. The age in days follows from it. */
export const freshness: Metric<'freshness'> = {
  measure: (_rule, plan, column) => {
    if (!['date', 'timestamp', 'timestamptz'].includes(kindOf(plan.type))) {
      const reason = `${plan.name} is of type ${plan.type}, and not a date or timestamp`;
      return { kind: 'notEvaluable', reason };
    }
    return {
      kind: 'values',
      column,
      start: () => {
        let newest: number | null = null;
        return {
          add: (value) => {
            const micros = Number(value);
            if (newest === null || micros > newest) newest = micros;
          },
          total: () => newest,
        };
      },
    };
  },
  merge: Math.max,
};

const daySeconds = 86_400;

/**
 * Returns the age of the newest value at the end of the batch date, in days. A value of type `date` stands for the end
 * of its day.
 */
export function ageInDays(
  newestMicros: number,
  { timeZone }: RuleOf<'freshness'>,
  { type }: Pick<ColumnPlan, 'type'>,
  batchDate: string,
): number {
  const end = Date.parse(`${batchDate}T00:00:00Z`) / 1000 + daySeconds;
  const newest = newestMicros / 1e6;
  if (type === 'date') return (end - daySeconds - newest) / daySeconds;
  // Only an instant depends on the time zone: other timestamps are local times.
  if (type !== 'timestamptz' || timeZone === undefined) return (end - newest) / daySeconds;
  const zone = new Zone(timeZone);
  return ((zone.instantOf(end) ?? zone.instantOf(end + 3600) ?? end) - newest) / daySeconds;
}
