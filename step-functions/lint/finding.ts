import type { Definition } from './definition';

/** A problem of a definition. */
export interface Finding {
  readonly rule: string;
  /** Empty if the finding concerns the definition as a whole. */
  readonly state: string;
  /** The problem and its remedy. */
  readonly message: string;
}

export type Rule = (machine: Definition) => Finding[];
