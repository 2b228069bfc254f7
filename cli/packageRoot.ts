import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The clone, or the folder that the package is installed in. Source and built files are at different depths, so the
 * root is searched.
 */
export const packageRoot = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'cli', 'etl.js')) ? folder : rootAbove(dirname(folder));
}
