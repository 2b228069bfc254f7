import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import { parseUri } from '@etl/lib/uri';
import { resolveSource } from '@etl/pipeline/plan';
import { parseConfig } from '../../config/environment';
import { uriError } from '../arguments';
import { cliExitCodes } from '../errors';

/** Escaped placeholders. Braces in a URI are escaped, but those of a placeholder must be preserved. */
const placeholders = /%7B(yyyy|MM|dd|date)%7D/g;
const asPlaceholders = (uri: string): string => uri.replace(placeholders, '{$1}');

/**
 * Converts a prefix to a URI. The prefix is a URI, a local folder, or a location in S3_RAW_BUCKET, and may contain
 * placeholders of the day.
 *
 * @throws {CliError} when the prefix is none of these.
 */
export function prefixUri(prefix: string): string {
  if (prefix.includes('://')) {
    if (parseUri(prefix)) return prefix;
    throw uriError(prefix, 'folder', 'Use a folder, file:///folder or s3://bucket/prefix');
  }
  if (isFolder(fixedPart(prefix))) return asPlaceholders(fileUri(resolve(prefix)));
  const { S3_RAW_BUCKET: rawBase } = parseConfig(process.env);
  const isPath = /^(\.{0,2}\/|\.{1,2}$|~)/.test(prefix);
  const uri = isPath ? undefined : resolveSource(prefix, rawBase);
  if (uri !== undefined) return asPlaceholders(uri);
  const notSet = isPath ? '' : '; S3_RAW_BUCKET, the base of a prefix without a scheme, is not set';
  throw new CliError(
    `folder not found: ${prefix}${notSet}`,
    'Give a folder, file:///folder or s3://bucket/prefix',
    cliExitCodes.noInput,
  );
}

/** Returns the folders before the first placeholder. */
function fixedPart(prefix: string): string {
  const segments = prefix.split('/');
  const open = segments.findIndex((segment) => /\{(yyyy|MM|dd|date)\}/.test(segment));
  if (open < 0) return prefix;
  return segments.slice(0, open).join('/') || (prefix.startsWith('/') ? '/' : join('.'));
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
