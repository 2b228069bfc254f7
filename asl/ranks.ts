import type { State, StateMachine } from './types';

/** How many steps, at most, lead to each state: what a picture puts on one line. Each state counts once on a way. */
export function ranks({ StartAt, States }: StateMachine): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (name: string, rank: number, way: readonly string[]): void => {
    const state = States[name];
    if (!state || way.includes(name) || (found.get(name) ?? -1) >= rank) return;
    found.set(name, rank);
    for (const next of nextOf(state)) visit(next, rank + 1, [...way, name]);
  };
  visit(StartAt, 0, []);
  return found;
}

function nextOf(state: State): string[] {
  switch (state.Type) {
    case 'Choice':
      return [...state.Choices.map(({ Next }) => Next), ...(state.Default === undefined ? [] : [state.Default])];
    case 'Task':
    case 'Pass':
      return [
        ...(state.Next === undefined ? [] : [state.Next]),
        ...(state.Type === 'Task' ? (state.Catch ?? []).map(({ Next }) => Next) : []),
      ];
    default:
      return [];
  }
}
