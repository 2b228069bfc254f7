import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { readableName, slug, stem } from '@etl/lib/names';
import { baseName, parseUri, segmentsOf } from '@etl/lib/uri';
import { inspectHead } from '@etl/pipeline/csv/inspectHead';
import { maxDeclarationBytes, parseDeclaration } from '@etl/storage/declarations/parseDeclaration';
import { inspectSource } from '@etl/storage/inspectSource';
import { openStore } from '@etl/storage/openStore';
import { parseConfig } from '../../../config/environment';
import { datasetName, sourceUri } from '../../arguments';
import { decimalMark } from '../../dataset/decimalMark';
import { draftDeclaration } from '../../dataset/draft';
import { inferPattern } from '../../dataset/inferPattern';
import { localFolder, readDeclarations, shownPath } from '../../dataset/read';
import { convertOnTrial } from '../../dataset/trial';
import { cliExitCodes } from '../../errors';
import { etlCommand } from '../../hints';
import { printLines, printText } from '../../output';
import { printResult } from '../../withClient';
import { conversionError } from '../convert';

export interface NewOptions {
  readonly name?: string;
  readonly stdout?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Infers a declaration from a local file, which it converts on trial, and writes it to the folder of declarations. */
export async function create(file: string, { name: given, stdout, force, json }: NewOptions): Promise<void> {
  const uri = sourceUri(file);
  const location = parseUri(uri);
  if (location?.kind !== 'file') {
    throw new CliError(`${file} is not a local file`, 'Download it, and give its path', cliExitCodes.usage);
  }
  const { rawBase } = parseConfig(process.env);
  const pattern = inferPattern(uri, rawBase);
  const name = given ?? datasetName(nameOf(uri, pattern));
  const path = join(localFolder(), `${name}.yaml`);
  if (!stdout && !force && existsSync(path)) {
    const remedy = 'Choose another --name, or overwrite it with --force';
    throw new CliError(`${shownPath(path)} already exists`, remedy, cliExitCodes.cannotCreate);
  }
  const text = await draft(uri, location.path, name, pattern, path);
  const parsed = parseDeclaration(Buffer.from(text), shownPath(path));
  if ('problems' in parsed) {
    const remedy = `The file has columns that a declaration cannot hold (at most ${maxDeclarationBytes} bytes)`;
    throw new CliError(parsed.problems.join('; '), remedy, cliExitCodes.usage);
  }
  if (stdout) {
    printText(text);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const overlap = (await readDeclarations()).datasets.overlapOf(name);
  if (overlap !== undefined) printLines([`Warning: source.pattern of ${name} ${overlap}`], process.stderr);
  printResult(json, { name, file: shownPath(path), pattern }, [
    `Wrote ${shownPath(path)} with the source pattern ${pattern}`,
    `Check it with: ${etlCommand('dataset', 'check', name)}`,
  ]);
}

async function draft(uri: string, path: string, name: string, pattern: string, target: string): Promise<string> {
  const store = openStore();
  const info = await store.head(uri);
  if (!info) throw new CliError(`file not found: ${path}`, 'Give the path of a CSV file', cliExitCodes.noInput);
  const head = await inspectSource(store, info, {}, inspectHead);
  const end = await convertOnTrial({
    inputUri: uri,
    dataset: name,
    batchDate: new Date().toISOString().slice(0, 10),
    options: {},
  });
  if (end.kind === 'failed') throw conversionError(end);
  const { schema, totals, warnings } = end.manifest;
  const numbers = schema.flatMap(({ type }, index) => (type === 'double' ? [index] : []));
  return draftDeclaration({
    ...{ name, pattern, schema, totals, warnings },
    sample: relative(dirname(target), path),
    delimiter: head.delimiter,
    encoding: head.encoding,
    decimal: await decimalMark(path, head, numbers),
  });
}

/** Returns the name of the file's folder, else of the file without its date. */
function nameOf(uri: string, pattern: string): string {
  const folder = segmentsOf(uri).at(-2);
  const isFolderOfPattern = pattern.split('/').length > 1 && folder !== undefined && !/\d{2,}/.test(folder);
  if (isFolderOfPattern) return slug(folder);
  const name = stem(pattern.split('/').at(-1) ?? '');
  const texts = [name.replace(/[{*].*$/, ''), name.replaceAll(/\{\w+\}|\*/g, ''), stem(baseName(uri))];
  return slug(readableName(texts.find((text) => /[\p{L}\p{N}]/u.test(text)) ?? '').replace(/[-_.]+$/, ''));
}
