import { fieldsOf, isText } from '@etl/lib/reading';
import { shownUri } from '@etl/lib/text/shownUri';
import { missed } from '../batch/summary';
import { type CommandText, npxCommand } from '../command';
import { detailKeys } from '../detailKeys';
import { type Remedy, type RemedyCommand, remedies, remedyOf, tooFewFiles } from '../failures/remedies';
import { committedWords, replayArgs } from '../sinks/outcome';
import type { Next, RunView } from './runView';

/** Facts besides the view that decide what comes next. */
export interface NextFacts {
  /** Event of the run, if it was read. */
  readonly input?: unknown;
  readonly isUnanswered?: boolean;
  /** ISO 8601: when the run tries again. */
  readonly retryAt?: string;
}

/** Returns what comes next for a run; undefined if it has delivered. */
export function nextOf(
  view: Omit<RunView, 'next'>,
  { input, isUnanswered, retryAt }: NextFacts,
  command: CommandText = npxCommand,
): Next | undefined {
  const { outcome, failureType, step } = view;
  if (outcome === 'delivered') return undefined;
  if (outcome === 'running') {
    if (isUnanswered) return { kind: 'wait', for: 'a worker to answer; check that one polls the task queue' };
    if (failureType !== undefined || retryAt !== undefined)
      return { kind: 'retry', ...(retryAt !== undefined && { at: retryAt }) };
    return { kind: 'wait', for: waits[step ?? ''] ?? 'the next step' };
  }
  const { first, command: action } = remedyOfEnd(view, command);
  return { kind: 'command', command: command(...argsOf(action, view, input)), why: first };
}

function remedyOfEnd(view: Omit<RunView, 'next'>, command: CommandText): Remedy {
  const { outcome, failureType = '', files } = view;
  if (outcome === 'held') return remedies.Held;
  if (outcome === 'terminated' || outcome === 'timedOut') return cutOff(command);
  if (lacksOnlySinks(view)) return remedies.SinkFailed;
  if (failureType === 'BatchIncomplete' && files && missed(files) === 0) return tooFewFiles;
  return remedyOf(failureType);
}

/** What an open run waits for, by its step. */
const waits: Readonly<Record<string, string>> = {
  validate: 'the file to be validated',
  launch: 'the task to be launched',
  transform: 'the task to end',
  shards: 'all tasks of the file to end',
  stop: 'the task to stop',
  confirm: 'the commit to be confirmed',
  sinks: 'the sinks to apply the commit',
  notify: 'the notification to be sent',
  alert: 'the alert to be sent',
  plan: 'the batch to be planned',
  files: 'the files of the batch to end',
  last: 'the last files of the batch to end',
  end: 'the batch to end',
};

/** Returns the remedy of a run that was terminated or timed out, so that it could not stop its task. */
const cutOff = (command: CommandText): Remedy => ({
  first: `Run ${command('reap', '--stop')} to stop a task that still runs`,
  command: 'retry',
});

/** Returns whether the data of a run that did not end well is committed, so that only its sinks have to be finished. */
export function lacksOnlySinks({ failureType, reason }: Pick<RunView, 'failureType' | 'reason'>): boolean {
  return failureType === 'SinkFailed' || (failureType === 'Cancelled' && reason?.includes(committedWords) === true);
}

function argsOf(action: RemedyCommand, view: Omit<RunView, 'next'>, input: unknown): readonly string[] {
  const { workflowId, kind, batch } = view;
  const { dataset, batchDate } = batch;
  const again = ['retry', workflowId];
  switch (action) {
    case 'run':
      return (kind === 'file' ? runArgs(input) : undefined) ?? again;
    case 'approve':
      return ['approve', workflowId];
    case 'replay':
      return dataset !== undefined && batchDate !== undefined ? replayArgs({ dataset, batchDate }) : again;
    case 'runs':
      return ['runs', ...(dataset === undefined ? [] : ['--dataset', dataset])];
    case 'retry':
      return again;
  }
}

/**
 * Returns the arguments of `etl run` for an event; undefined if the command cannot repeat it: a key without a scheme is
 * relative to a bucket that the command does not know, and an address with credentials must not be shown. Values of unknown
 * keys, which may be secrets, are shown as `…`.
 */
function runArgs(input: unknown): readonly string[] | undefined {
  const {
    s3Key,
    batchDate,
    dataset,
    destination,
    replaces,
    notifications: _batchNotifies,
    ...rest
  } = fieldsOf(fieldsOf(input).detail);
  if (!isText(s3Key, 1024) || !/^(?:s3|file):\/\//.test(s3Key) || !isText(batchDate, 10)) return undefined;
  const addresses = [s3Key, destination, replaces];
  if (addresses.some((uri) => isText(uri, 1024) && shownUri(uri) !== uri)) return undefined;
  const option = (name: string, value: unknown) => (isText(value, 1024) ? [name, value] : []);
  const known = Object.entries(rest).map(([key, value]) => [key, detailKeys.includes(key) ? value : '…']);
  return [
    'run',
    s3Key,
    ...option('--date', batchDate),
    ...option('--dataset', dataset),
    ...option('--out', destination),
    ...option('--replaces', replaces),
    ...(known.length > 0 ? ['--options', JSON.stringify(Object.fromEntries(known))] : []),
  ];
}
