import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEngine, type EngineName } from './config/engineNames';

const { name, version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as Record<
  string,
  string
>;

/** Which program makes a batch. */
export const program = `${name}@${version}`;

/** The same, told apart by engine: another program, or engine, may make other parts. */
export function programOf(engine: EngineName): string {
  return engine === defaultEngine ? program : `${program}+${engine}`;
}
