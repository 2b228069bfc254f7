import { bullets, code, type Markdown, md } from '@etl/lib/text/markdown';
import { describeLaunch, totalCostUsd } from '@etl/pipeline/launches';
import { shareRead } from '@etl/pipeline/progress';
import { describeRouting } from '@etl/pipeline/routing/describe';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { nextStep } from './details';

/** Launches that the Web UI lists, the latest ones: its panel is small. */
const maxShown = 5;

/**
 * Returns the current details of a run: what it does or how it ended, what it costs, and what comes next, then the
 * rest. `launches`: number of all launches, of which the status has the latest.
 */
export function statusDetails(title: string, status: RunStatus, launches: number): Markdown[] {
  const { end, progress, taskArn, note, routing, answers = [] } = status;
  const share = progress ? Math.floor(100 * shareRead(progress)) : 0;
  return [
    md`**${headlineOf(status)}** · ${title}`,
    ...costLines(status),
    ...(end ? [nextStep(end.next)] : []),
    ...answers.map(({ what, command }) => md`${what}: ${code(command)}`),
    ...(note ? [md`${note}`] : []),
    ...(progress ? [md`Read ${share} %, ${progress.rowsRead} rows, ${progress.parts} parts`] : []),
    ...(taskArn ? [md`Task: ${code(taskArn)}`] : []),
    ...launchLines(status, launches),
    ...(routing ? [md`Route: ${describeRouting(routing).join('; ')}`] : []),
  ];
}

function headlineOf({ end, step, failureType, purpose, generation, shards, launches = [] }: RunStatus): string {
  if (end) return end.headline;
  if (failureType !== undefined) return failureType;
  const failed = launches.at(-1)?.failureType;
  const doing = step === 'held' ? 'Held' : step === 'wait' && failed ? `${failed}, next launch follows` : step;
  const launch = generation === undefined ? undefined : `launch ${generation}`;
  const done = shards && `${shards.done} of ${shards.of} done`;
  return [doing, purpose, launch, done].filter(Boolean).join(', ');
}

function costLines({ end, launches = [] }: RunStatus): Markdown[] {
  if (end) return [md`Cost: ${end.cost}`];
  const costUsd = totalCostUsd(launches);
  return costUsd === undefined ? [] : [md`Cost so far: $${costUsd.toFixed(4)}, estimated`];
}

function launchLines({ launches = [] }: RunStatus, all: number): Markdown[] {
  const shown = launches.slice(-maxShown);
  const earlier = all - shown.length;
  if (shown.length === 0) return [];
  return [bullets([...(earlier > 0 ? [`${earlier} earlier launches`] : []), ...shown.map(describeLaunch)])];
}
