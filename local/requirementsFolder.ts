import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of pinned versions and checksums. It is beside the sources; this module also runs from the build. */
export const requirementsFolder =
  [__dirname, join(__dirname, '..', '..', 'local')]
    .map((folder) => join(folder, 'requirements'))
    .find((folder) => existsSync(folder)) ?? 'requirements';
