import { type Fields, fieldsOf, texts } from './definition';

/** The ways out of a state. */
export type Transition =
  | { readonly kind: 'next'; readonly to: string }
  | { readonly kind: 'choice'; readonly to: string; readonly rule: Fields }
  | { readonly kind: 'catch'; readonly to: string; readonly catcher: Fields };

export function transitionsOf(state: Fields): Transition[] {
  return [...ordinaryTransitions(state), ...caught(state)];
}

/** Those of a state that has not failed. */
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

/** `the Catch of X for States.ALL`. */
export function describeCatch(state: string, catcher: Fields): string {
  return `the Catch of ${state} for ${texts(catcher.ErrorEquals).join(', ')}`;
}
