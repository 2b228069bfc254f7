import { shownUri } from '@etl/lib/text/shownUri';
import { dayIn } from '@etl/lib/timeZones';
import { baseName, pathBelow } from '@etl/lib/uri';
import { isHidden, isNamed, keyProblem } from '../batch/fileNames';
import { dateOfKey } from '../batch/keyDate';
import type { Datasets } from '../dataset/datasets';
import type { Dataset } from '../dataset/declaration';
import { declaredDetail } from '../dataset/declaredDetail';
import type { SourceMatch } from '../dataset/sourcePattern';
import { placeProblem } from '../places';
import type { LandedFile } from './landedFile';

/**
 * Which files are taken, and what their event contains besides the file and its day. Files of declared datasets follow
 * their declaration, all others the other keys of the rule.
 */
export interface IntakeRule {
  /** @default none are declared */
  readonly datasets?: Datasets | undefined;
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
  | {
      readonly taken: true;
      readonly s3Key: string;
      readonly batchDate: string;
      /** Other keys of the event. */
      readonly detail: Readonly<Record<string, unknown>>;
    }
  | { readonly taken: false; readonly reason: NotTaken }
  /** A file that should be taken but cannot be. */
  | { readonly taken: false; readonly problem: string };

/**
 * Decides whether a landed file becomes an event, and which. Folders and hidden names are never taken, except that the
 * folders in the prefix may have hidden names. An empty data file is taken: the pipeline reports that it is empty.
 */
export function decide(file: LandedFile, rule: IntakeRule): Decision {
  const { uri, key, landedAt, problem } = file;
  const isFolder = key.endsWith('/');
  if (isFolder && problem === undefined) return { taken: false, reason: 'folder' };
  const found = rule.datasets?.of(uri);
  if (found?.kind === 'declared') return decideDeclared(file, found, rule);
  const { prefix = '', match, detail = {} } = rule;
  if (!key.startsWith(prefix)) return leftOut(uri, 'otherPrefix', rule);
  const below = key.slice(prefix.lastIndexOf('/') + 1);
  if (isHidden(below)) return { taken: false, reason: 'hidden' };
  if (!isFolder && !isNamed(baseName(below), match)) return leftOut(uri, 'otherName', rule);
  const unusable = unusableBecause(file);
  if (unusable !== undefined) return { taken: false, problem: unusable };
  const batchDate = dateOfKey(key) ?? dayOfEvent(landedAt, rule.timeZone);
  if (batchDate) return { taken: true, s3Key: uri, batchDate, detail };
  return { taken: false, problem: `${shownUri(uri)}: neither its key nor its event has a date` };
}

/**
 * Decides about a file that the rule for undeclared files leaves out. A file that a declaration may concern is reported: its
 * message is deleted, so it would not be delivered when the declaration is corrected.
 */
function leftOut(uri: string, reason: NotTaken, { datasets }: IntakeRule): Decision {
  const found = datasets?.of(uri);
  const isConcerned =
    found?.kind === 'ambiguous' || (found?.kind === 'unknown' && (found.isMatch || isNamed(baseName(uri), undefined)));
  if (!datasets || !isConcerned || isHidden(baseName(uri))) return { taken: false, reason };
  const declared = declaredDetail(datasets, {}, uri);
  return declared.kind === 'problem' ? { taken: false, problem: declared.problem } : { taken: false, reason };
}

/** Decides about a file of a declared dataset. */
function decideDeclared(
  file: LandedFile,
  { dataset, match }: { readonly dataset: Dataset; readonly match: SourceMatch },
  rule: IntakeRule,
): Decision {
  const { uri, key } = file;
  const folder = rule.datasets?.pattern(dataset.name)?.folder;
  if (isHidden((folder && pathBelow(folder, uri)) ?? baseName(uri))) return { taken: false, reason: 'hidden' };
  const problem = (text: string): Decision => ({ taken: false, problem: `${shownUri(uri)}: ${text}` });
  const unusable = unusableBecause(file);
  if (unusable !== undefined) return { taken: false, problem: unusable };
  if (match.notADay !== undefined) return problem(`${match.notADay} is not a calendar date (dataset ${dataset.name})`);
  const batchDate = match.day ?? declaredDay(file, dataset, rule.timeZone);
  if (batchDate !== undefined) return { taken: true, s3Key: uri, batchDate, detail: { dataset: dataset.name } };
  const { batchDate: from = 'key' } = dataset.declaration.source;
  const lacks = {
    key: `neither its key nor its event has`,
    folder: `its folder ${folderOf(key)} does not have`,
    eventTime: 'its event does not have',
  };
  return problem(
    `${lacks[from]} a date (dataset ${dataset.name}): put {date} into source.pattern, or change source.batchDate`,
  );
}

function declaredDay({ key, landedAt }: LandedFile, { declaration }: Dataset, timeZone: string): string | undefined {
  const { batchDate, timeZone: zone = timeZone } = declaration.source;
  if (batchDate === 'eventTime') return dayOfEvent(landedAt, zone);
  if (batchDate === 'folder') return dateOfKey(folderOf(key));
  return dateOfKey(key) ?? dayOfEvent(landedAt, zone);
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);

const dayOfEvent = (landedAt: string | undefined, timeZone: string): string | undefined =>
  landedAt === undefined ? undefined : dayIn(timeZone, new Date(landedAt));

function unusableBecause({ uri, key, problem }: LandedFile): string | undefined {
  const reason = problem ?? keyProblem(key) ?? placeProblem(uri);
  return reason && `${shownUri(uri)}: ${reason}`;
}
