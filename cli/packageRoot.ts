import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The clone, or the folder the package is installed in: this file is in it once as source and once as built. */
export const packageRoot = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
