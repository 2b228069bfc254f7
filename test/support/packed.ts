import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { command, root } from './processes';

/** Packs this repository into a folder and returns the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const packed = await command(process.execPath, [join(root, 'scripts', 'pack.mjs'), '--out', folder], {}, root);
  if (packed.exitCode !== 0) throw new Error(packed.stderr);
  return packed.stdout.trim();
}

/**
 * Unpacks a tarball of this repository as npm installs it in `folder`, and returns where. Its dependencies are those of
 * the clone, so that no registry is needed.
 */
export async function installPacked(tarball: string, folder: string): Promise<string> {
  const installed = join(folder, 'node_modules', 'etl-orchestrator');
  mkdirSync(installed, { recursive: true });
  await command('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1'], {}, folder);
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => !/^[.]|^@etl$/.test(each)))
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  return installed;
}
