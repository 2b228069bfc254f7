import type { FaultStatus } from '@etl/fargate/faults/faults';
import type { ReapReport } from '../../workflows/reapTasks';
import type { Walked } from './walk';

const kinds: readonly Walked['kind'][] = ['ordinary', 'bad', 'replaced', 'denied'];

/** Formats the counts of a walk. */
export function summary(what: {
  readonly walked: readonly Walked[];
  readonly tasks: number;
  readonly actions: Readonly<Record<string, number>>;
  readonly faults: FaultStatus;
  readonly reaped: ReapReport;
}): string {
  const { walked, tasks, actions, faults, reaped } = what;
  const endsOf = (kind: Walked['kind']) =>
    tally(
      walked.flatMap((run) => (run.kind === kind ? [[run.status, run.failureType].filter(Boolean).join(' ')] : [])),
    );
  const launches = tally(walked.flatMap((run) => run.launches.map(({ failureType }) => failureType ?? 'delivered')));
  const injected: Record<string, number> = {};
  for (const [index, rule] of (faults.plan?.rules ?? []).entries()) {
    injected[rule.fault] = (injected[rule.fault] ?? 0) + (faults.counts[index] ?? 0);
  }
  const line = (name: string, counts: Readonly<Record<string, number>>) =>
    `  ${name.padEnd(10)}${Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([key, count]) => `${count} ${key}`)
      .join(', ')}\n`;
  return [
    `\n${walked.length} runs, ${tasks} tasks, ${reaped.stopped.length} orphans stopped\n`,
    ...kinds.map((kind) => line(kind, endsOf(kind))),
    line('launches', launches),
    line('faults', injected),
    line('actions', actions),
  ].join('');
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
