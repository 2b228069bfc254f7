import { readFileSync } from 'node:fs';

/** One letter, from /proc (T: stopped by a signal); undefined for a process that is gone. Source: proc(5). */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2];
  } catch {
    return undefined;
  }
}
