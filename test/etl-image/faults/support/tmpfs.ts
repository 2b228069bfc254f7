import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system with a fixed size. Only root can mount one. */
export function mountTmpfs(path: string, options: string): { grow(options: string): void; unmount(): void } {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' });
  return {
    grow: (more) => void execFileSync('mount', ['-o', `remount,${more}`, path], { stdio: 'pipe' }),
    // Lazily: a process that the test stopped waiting for may still have an open file.
    unmount: () => void execFileSync('umount', ['-l', path], { stdio: 'pipe' }),
  };
}

/** In containers without the capability, root cannot mount. */
export function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'etl-mount-'));
  try {
    mountTmpfs(folder, 'size=64k').unmount();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
