/** Names that `--interpreter` takes: the ways to run the state machine. */
export const interpreterNames = ['ministack', 'local'] as const;

export type InterpreterName = (typeof interpreterNames)[number];
