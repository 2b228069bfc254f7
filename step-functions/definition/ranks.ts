import { own } from '@etl/lib/own';
import { transitionsOf } from './transitions';
import type { StateMachine } from './types';

/**
 * Returns the length of the longest path to each state, which a picture uses as its row. A path visits each state at
 * most once.
 */
export function ranks({ StartAt, States }: StateMachine): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (name: string, rank: number, way: readonly string[]): void => {
    const state = own(States, name);
    if (!state || way.includes(name) || (found.get(name) ?? -1) >= rank) return;
    found.set(name, rank);
    for (const { to } of transitionsOf({ ...state })) visit(to, rank + 1, [...way, name]);
  };
  visit(StartAt, 0, []);
  return found;
}
