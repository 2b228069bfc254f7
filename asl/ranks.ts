import { own } from '@etl/lib/own';
import { transitionsOf } from './transitions';
import type { StateMachine } from './types';

/** How many steps, at most, lead to each state: what a picture puts on one line. Each state counts once on a way. */
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
