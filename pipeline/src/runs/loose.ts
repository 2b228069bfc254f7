import { fieldsOf, isAmount } from '@etl/lib/reading';
import type { FileResult } from '../batch/fileResult';
import type { Evidence } from '../evidence';
import type { Launch } from '../launches';

/** Returns a text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const textsIn = (value: unknown): readonly string[] =>
  listOf(value).filter((each): each is string => typeof each === 'string');

export function launchesIn(value: unknown): readonly Launch[] {
  return listOf(value).filter((each) => isAmount(fieldsOf(each).generation)) as readonly Launch[];
}

/** Returns the first `max` files. */
export function filesIn(value: unknown, max: number): readonly FileResult[] {
  const files = listOf(value).filter((each) => textOf(fieldsOf(each).uri) !== undefined);
  return files.slice(0, max) as readonly FileResult[];
}

export function evidenceOf(details: unknown): Partial<Evidence> & Pick<Evidence, 'logTail'> {
  const { logTail, launches, ...rest } = fieldsOf(details);
  return { ...rest, logTail: textsIn(logTail), launches: launchesIn(launches) };
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
