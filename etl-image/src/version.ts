import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEngine, type EngineName } from './config/engineNames';

const { name, version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as Record<
  string,
  string
>;

/** Name and version of the program, as recorded in manifests. */
export const program = `${name}@${version}`;

/** Returns the program with its engine: chunks of another program or engine are not reused. */
export function programOf(engine: EngineName): string {
  return engine === defaultEngine ? program : `${program}+${engine}`;
}
