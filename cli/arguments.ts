import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import { parseJson } from '@etl/lib/json';
import { isCalendarDate } from '@etl/lib/names';
import { shownUri } from '@etl/lib/text/shownUri';
import { bucketNameRule, canonicalUri } from '@etl/lib/uri';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { datasetNameProblem } from '@etl/pipeline/datasetName';
import { cliExitCodes } from './errors';

/**
 * Converts a local path or a URI to a URI.
 *
 * @throws {CliError} when a local file does not exist.
 */
export function sourceUri(file: string): string {
  if (file.includes('://')) return checkedUri(file);
  const path = resolve(file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile()) return fileUri(path);
  const problem = stat ? `${file} is not a file` : `file not found: ${file}`;
  throw new CliError(problem, 'Give the path of a CSV file', cliExitCodes.noInput);
}

/** Converts a local folder or a URI to a URI. The folder need not exist. */
export function destinationUri(folder: string): string {
  return folder.includes('://') ? checkedUri(folder) : fileUri(folder);
}

/** Converts a file or a folder (with a trailing slash) to a URI. It need not exist. */
export function anyUri(place: string): string {
  const isFolder = place.endsWith('/') && !place.includes('://');
  return isFolder ? `${fileUri(place)}/` : destinationUri(place);
}

/** Parses an option that takes an existing folder. Returns its absolute path. */
export function existingFolder(folder: string): string {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new CliError(`folder not found: ${folder}`, 'Create it, or give another folder', cliExitCodes.noInput);
}

/** Parses an option that takes an existing file. Returns its absolute path. */
export function existingFile(file: string): string {
  const path = resolve(file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new CliError(`file not found: ${file}`, 'Build it, or give another file', cliExitCodes.noInput);
}

/** Checks that the text is a calendar date in the form `YYYY-MM-DD`. */
export function calendarDate(text: string, option = '--date'): string {
  if (isCalendarDate(text)) return text;
  throw new CliError(
    `${option} ${text} is not a calendar date`,
    'Use the form YYYY-MM-DD, e.g. 2026-02-08',
    cliExitCodes.usage,
  );
}

/** Parses an option that takes a JSON object: the text itself, or `@path` of a file that contains it. */
export function jsonObject(name: string, text: string): Record<string, unknown> {
  const isFile = text.startsWith('@');
  const json = isFile ? jsonFile(name, text.slice(1)) : text;
  const what = isFile ? `${name} ${text}` : name;
  const remedy = `Use the form ${name} '{"dialect":{"delimiter":";"}}', or ${name} @file.json for an object in a file`;
  try {
    const value = parseJson(json);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    const reason = (error as Error).message.split('\n', 1)[0];
    throw new CliError(`${what} ${reason}`, remedy, cliExitCodes.usage, { cause: error });
  }
  throw new CliError(`${what} is not a JSON object`, remedy, cliExitCodes.usage);
}

/** Reads a text file without its byte order mark. */
function jsonFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const reason = causeOf(error)?.sentence ?? (error as Error).message;
    const remedy = `Give the path of a JSON file after the @: ${name} @file.json`;
    throw new CliError(`${name} @${path}: ${reason}`, remedy, cliExitCodes.noInput, { cause: error });
  }
}

function checkedUri(uri: string): string {
  const canonical = canonicalUri(uri);
  if (canonical !== undefined) return canonical;
  throw uriError(uri, 'file', 'Use a path, file:///path or s3://bucket/key');
}

/** Returns the error for a URI that is not valid. @param forms remedy for anything but a bucket of a wrong name */
export function uriError(uri: string, kind: 'file' | 'folder', forms: string): CliError {
  const remedy = uri.startsWith('s3://') ? `Correct the bucket name: use ${bucketNameRule}` : forms;
  return new CliError(`${shownUri(uri)} is not a valid ${kind} URI`, remedy, cliExitCodes.usage);
}

/** Parses an option that takes the name of a dataset. */
export function datasetName(text: string): string {
  const problem = datasetNameProblem(text);
  if (problem === undefined) return text;
  throw new CliError(`${JSON.stringify(text)} ${problem}`, 'Choose another name', cliExitCodes.usage);
}

/** Parses an option that takes a TCP port. */
export function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new CliError(`${text} is not a port`, 'Use a number from 1 to 65535', cliExitCodes.usage);
}

/** Parses an option that takes a positive integer. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new CliError(`${text} is not a positive whole number`, 'Use a whole number of 1 or more', cliExitCodes.usage);
}

/** Parses an option that takes an integer of at least 0. */
export function nonNegativeInteger(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError(
    `${text} is not a whole number of 0 or more`,
    'Use a whole number of 0 or more',
    cliExitCodes.usage,
  );
}

/** Parses an option that takes minutes: `15` or `15m`. */
export function minutes(text: string): number {
  const digits = text.replace(/m$/, '');
  if (/^0*[1-9]\d*$/.test(digits)) return positiveInteger(digits);
  throw new CliError(`${text} is not a number of minutes`, 'Use a form such as 15 or 15m', cliExitCodes.usage);
}

/** Parses an option that takes the address of a Web UI. */
export function webAddress(text: string): string {
  if (URL.canParse(text) && /^https?:\/\//i.test(text)) return text;
  throw new CliError(
    `${shownUri(text)} is not an HTTP URL`,
    'Use a URL such as http://127.0.0.1:8233',
    cliExitCodes.usage,
  );
}
