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
    if (isUnanswered) return { kind: 'wait', for: 'a worker: none answers on the task queue' };
    if (failureType !== undefined || retryAt !== undefined)
      return { kind: 'retry', ...(retryAt !== undefined && { at: retryAt }) };
    return { kind: 'wait', for: waits[step ?? ''] ?? 'the next step' };
  }
  const { first, command: action } = remedyOfEnd(view);
  return { kind: 'command', command: command(...argsOf(action, view, input)), why: first };
}

function remedyOfEnd(view: Omit<RunView, 'next'>): Remedy {
  const { outcome, failureType = '', files } = view;
  if (outcome === 'held') return remedies.Held;
  if (lacksOnlySinks(view)) return remedies.SinkFailed;
  if (failureType === 'BatchIncomplete' && files && missed(files) === 0) return tooFewFiles;
  return ofOutcome[outcome] ?? remedyOf(failureType);
}

/** What an open run waits for, by its step. */
const waits: Readonly<Record<string, string>> = {
  validate: 'the validation of the file',
  launch: 'the launch of the task',
  transform: 'the end of the task',
  shards: 'the end of the tasks that convert the file together',
  stop: 'the end of the task that is being stopped',
  confirm: 'the commit log',
  sinks: 'the sinks',
  notify: 'the notification',
  alert: 'the alert',
  plan: 'the plan of the batch',
  files: 'the files of the batch',
  last: 'the last files of the batch',
  end: 'the end of the batch',
};

/** Remedies of ends that have no failure type of their own. */
const ofOutcome: Partial<Record<RunView['outcome'], Remedy>> = {
  terminated: { first: 'Its task may still run: etl reap finds it', command: 'retry' },
  timedOut: { first: 'Its task may still run: etl reap finds it', command: 'retry' },
};

/** Returns whether the data of a run that did not end well are committed, so that only its sinks have to be finished. */
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
