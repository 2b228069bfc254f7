import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { shownUri } from '@etl/lib/text/shownUri';
import { parseUri } from '@etl/lib/uri';
import { resolveSource } from '@etl/pipeline/plan';
import { parseConfig } from '../../config/environment';
import { CliError, cliExitCodes } from '../errors';

/** A URI's braces are escaped; those of a placeholder have to stay what they are. */
const placeholders = /%7B(yyyy|MM|dd|date)%7D/g;
const asPlaceholders = (uri: string): string => uri.replace(placeholders, '{$1}');

/**
 * The URI of a prefix: an address as it is, a folder on this machine, or a place in S3_RAW_BUCKET. Placeholders of the day may be in
 * it. Throws `CliError` when it is none of them.
 */
export function prefixUri(prefix: string): string {
  if (prefix.includes('://')) {
    if (parseUri(prefix)) return prefix;
    const remedy = 'use a folder, file:///folder or s3://bucket/prefix';
    throw new CliError(`${shownUri(prefix)} is no address of a folder`, remedy, cliExitCodes.usage);
  }
  if (isFolder(fixedPart(prefix))) return asPlaceholders(fileUri(resolve(prefix)));
  const { S3_RAW_BUCKET: rawBase } = parseConfig(process.env);
  const isPath = /^(\.{0,2}\/|\.{1,2}$|~)/.test(prefix);
  const uri = isPath ? undefined : resolveSource(prefix, rawBase);
  if (uri !== undefined) return asPlaceholders(uri);
  const notSet = isPath ? '' : ', and S3_RAW_BUCKET, which a prefix without a scheme lies in, is not set';
  throw new CliError(
    `there is no folder ${prefix}${notSet}`,
    'give a folder, file:///folder or s3://bucket/prefix',
    cliExitCodes.noInput,
  );
}

/** The folders in front of the first placeholder. */
function fixedPart(prefix: string): string {
  const segments = prefix.split('/');
  const open = segments.findIndex((segment) => /\{(yyyy|MM|dd|date)\}/.test(segment));
  if (open < 0) return prefix;
  return segments.slice(0, open).join('/') || (prefix.startsWith('/') ? '/' : join('.'));
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
