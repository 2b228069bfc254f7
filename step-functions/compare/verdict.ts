import { isDeepStrictEqual } from 'node:util';
import { baseName } from '@etl/lib/uri';
import type { Finding } from './finding';
import { compareOutput } from './output';
import type { Side } from './side';

export interface Verdict {
  /** Both delivered equal output, or both failed with the same failure type. */
  readonly agree: boolean;
  readonly end: Finding;
  readonly output: Finding;
  readonly messages: Finding;
  readonly deadLetters: Finding;
}

/** Compares the results of the two engines. */
export function judge(one: Side, other: Side): Verdict {
  const end = compare([endOf(one)], [endOf(other)]);
  const output = compareOutput(one.manifest, other.manifest);
  return {
    agree: end.equal && output.equal,
    end,
    output,
    messages: compare(messagesOf(one), messagesOf(other)),
    deadLetters: compareLetters(one, other),
  };
}

/** Returns a side's status, with its failure type if it has one. */
function endOf({ status, failureType }: Side): string {
  return failureType === null ? status : `${status} with ${failureType}`;
}

const messagesOf = ({ messages }: Side): string[] => messages.map(({ topic, firstLine }) => `${topic}: ${firstLine}`);

function compareLetters(one: Side, other: Side): Finding {
  const types = ({ deadLetters }: Side) => deadLetters.map(({ failureType }) => failureType);
  const found = compare(types(one), types(other));
  if (!found.equal || isDeepStrictEqual(eventsOf(one), eventsOf(other))) return found;
  return { equal: false, text: 'differs: the stored events are not the same' };
}

/**
 * Returns the events without the only permitted differences: each side has a separate destination, and may have the
 * source in a separate bucket.
 */
function eventsOf({ deadLetters }: Side): unknown[] {
  return deadLetters.map(({ event }) => {
    const { detail = {} } = (event ?? {}) as { detail?: { s3Key?: unknown } };
    return { ...detail, s3Key: baseName(String(detail.s3Key)), destination: undefined };
  });
}

function compare(one: readonly string[], other: readonly string[]): Finding {
  const words = (texts: readonly string[]) => texts.join(', ') || 'none';
  const equal = isDeepStrictEqual(one, other);
  return { equal, text: equal ? `equal, ${words(one)}` : `differs: ${words(one)} / ${words(other)}` };
}
