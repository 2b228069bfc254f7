import type { Definition } from './definition';

/** One thing that is wrong with a definition. */
export interface Finding {
  readonly rule: string;
  /** Empty: it is about the definition as a whole. */
  readonly state: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

export type Rule = (machine: Definition) => Finding[];
