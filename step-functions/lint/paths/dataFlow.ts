import { own } from '@etl/lib/own';
import type { Definition } from '../definition';
import { meet, type Shape, same, shallow, unknownShape } from './shape';
import { flows } from './transfer';

/** Tracked nesting depth, deeper than any path that definitions read. */
const maxDepth = 12;

/**
 * Returns the shape of the data at each state's entry: the intersection over all paths to the state, iterated to a
 * fixed point. Unreachable states are absent. The machine's input satisfies any path.
 */
export function shapesAtEntry(machine: Definition): ReadonlyMap<string, Shape> {
  const entries = new Map<string, Shape>();
  const waiting: [string, Shape][] = [[machine.startAt, unknownShape]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [name, data] = next;
    const state = own(machine.states, name);
    if (!state) continue;
    const before = entries.get(name);
    const now = shallow(before ? meet(before, data) : data, maxDepth);
    if (before && same(before, now)) continue;
    entries.set(name, now);
    waiting.push(...flows(machine, state, now).map(({ to, data: given }): [string, Shape] => [to, given]));
  }
  return entries;
}
