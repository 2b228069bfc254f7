import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own size. Only root may mount one. */
export function mountTmpfs(path: string, options: string): { grow(options: string): void; unmount(): void } {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' });
  return {
    grow: (more) => void execFileSync('mount', ['-o', `remount,${more}`, path], { stdio: 'pipe' }),
    // Lazily: a program that was given up may still have a file open there.
    unmount: () => void execFileSync('umount', ['-l', path], { stdio: 'pipe' }),
  };
}

/** Containers without the capability have root and cannot mount. */
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
