/** Comparison of one property of the two sides, in one line. */
export interface Finding {
  readonly equal: boolean;
  readonly text: string;
}
