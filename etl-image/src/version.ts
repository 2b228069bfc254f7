import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { name, version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as Record<
  string,
  string
>;

/** Which program made a batch: another one may make other parts. */
export const program = `${name}@${version}`;
