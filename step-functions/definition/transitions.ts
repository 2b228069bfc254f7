import { own } from '@etl/lib/own';
import { type Fields, fieldsOf } from './fields';

/** A transition out of a state. */
export type Transition =
  | { readonly kind: 'next'; readonly to: string }
  | { readonly kind: 'choice'; readonly to: string; readonly rule: Fields }
  | { readonly kind: 'catch'; readonly to: string; readonly catcher: Fields };

/** Returns all transitions of a state, those of its errors last. */
export function transitionsOf(state: Fields): Transition[] {
  return [...ordinaryTransitions(state), ...caught(state)];
}

/** Returns the transitions of a state that has not failed. */
export function ordinaryTransitions({ Type, Next, Default, Choices }: Fields): Transition[] {
  const next = Type === 'Choice' ? Default : Next;
  const choices = Type === 'Choice' ? fieldsOf(Choices) : [];
  return [
    ...choices.flatMap((rule): Transition[] =>
      typeof rule.Next === 'string' ? [{ kind: 'choice', to: rule.Next, rule }] : [],
    ),
    ...(typeof next === 'string' ? [{ kind: 'next' as const, to: next }] : []),
  ];
}

function caught({ Catch }: Fields): Transition[] {
  return fieldsOf(Catch).flatMap((catcher): Transition[] =>
    typeof catcher.Next === 'string' ? [{ kind: 'catch', to: catcher.Next, catcher }] : [],
  );
}

/**
 * Returns the names of the states reachable from the first one, itself included. `ways` selects the transitions to
 * follow.
 * @default all transitions
 */
export function reached(
  startAt: string,
  states: Readonly<Record<string, object>>,
  ways: (state: Fields) => readonly Transition[] = transitionsOf,
): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [startAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = own(states, name);
    if (found.has(name) || !state) continue;
    found.add(name);
    waiting.push(...ways({ ...state }).map(({ to }) => to));
  }
  return found;
}
