/** What can run the state machine: the names that `--interpreter` takes. */
export const interpreterNames = ['ministack', 'local'] as const;

export type InterpreterName = (typeof interpreterNames)[number];
