import { shownUri } from '@etl/lib/text/shownUri';
import { dayIn } from '@etl/lib/timeZones';
import { baseName } from '@etl/lib/uri';
import { isHidden, isNamed, keyProblem } from '../batch/fileNames';
import { dateOfKey } from '../batch/keyDate';
import { placeProblem } from '../places';
import type { LandedFile } from './landedFile';

/** Which files are taken, and what their event contains besides the file and its day. */
export interface IntakeRule {
  /** IANA name: time zone of the day of a file whose key contains none. */
  readonly timeZone: string;
  /** Prefix of the keys. */
  readonly prefix?: string | undefined;
  /** Glob on the file's name, with `*` and `?`. @default every name of a data file */
  readonly match?: string | undefined;
  /** Keys of the event that all files share. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** Why a file is not taken. */
export type NotTaken = 'folder' | 'hidden' | 'otherPrefix' | 'otherName';

export type Decision =
  | { readonly taken: true; readonly s3Key: string; readonly batchDate: string }
  | { readonly taken: false; readonly reason: NotTaken }
  /** A file that should be taken but cannot be. */
  | { readonly taken: false; readonly problem: string };

/**
 * Decides whether a landed file becomes an event, and which. Folders and hidden names are never taken, except that the
 * folders in the prefix may have hidden names. An empty data file is taken: the pipeline reports that it is empty.
 */
export function decide(file: LandedFile, rule: IntakeRule): Decision {
  const { uri, key, landedAt, problem } = file;
  const { prefix = '', match } = rule;
  const isFolder = key.endsWith('/');
  if (isFolder && problem === undefined) return { taken: false, reason: 'folder' };
  if (!key.startsWith(prefix)) return { taken: false, reason: 'otherPrefix' };
  const below = key.slice(prefix.lastIndexOf('/') + 1);
  if (isHidden(below)) return { taken: false, reason: 'hidden' };
  if (!isFolder && !isNamed(baseName(below), match)) return { taken: false, reason: 'otherName' };
  const unusable = problem ?? keyProblem(key) ?? placeProblem(uri);
  if (unusable !== undefined) return { taken: false, problem: `${shownUri(uri)}: ${unusable}` };
  const batchDate = dateOfKey(key) ?? (landedAt && dayIn(rule.timeZone, new Date(landedAt)));
  if (batchDate) return { taken: true, s3Key: uri, batchDate };
  return { taken: false, problem: `${shownUri(uri)}: neither its key nor its event has a date` };
}
