import { readFileSync } from 'node:fs';

/** Returns the state letter in /proc (T: stopped by a signal); undefined for an ended process. Source: proc(5). */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2];
  } catch {
    return undefined;
  }
}
