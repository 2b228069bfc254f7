import type { SinkOutcome } from '../sinks/outcome';
import type { RunView } from './runView';

/** Width of the labels in text views, in characters. */
export const indent = 10;

/** Returns a labelled line. */
export const line = (label: string, text: string): string => `${label.padEnd(indent)}${text}`;

/** Returns lines under one label. */
export function many(label: string, lines: readonly string[]): string[] {
  return lines.map((text, index) => line(index === 0 ? label : '', text));
}

/** Returns the cost of a run, or why there is none; nothing where it is unknown. */
export function costLines({ launches, kind, costUsd, outcome }: RunView): string[] {
  if (costUsd !== undefined) return [line('Cost', `$${costUsd.toFixed(4)}, estimated`)];
  if (kind === 'batch') return [];
  if (launches.some(({ lane }) => lane === 'light'))
    return [line('Cost', 'no separate cost, because the worker converted the file')];
  if (launches.length > 0) return [line('Cost', 'no separate cost, because the task never ran')];
  const isRecorded = outcome === 'failed' || outcome === 'cancelled';
  return isRecorded ? [line('Cost', 'nothing was launched')] : [];
}

export const runLine = ({ workflowId, runId }: RunView): string =>
  line('Run', runId === '' ? workflowId : `${workflowId} (${runId})`);

export const describeSink = (each: SinkOutcome): string =>
  `${each.sink}: ${each.state === 'failed' ? each.reason : each.detail}`;
