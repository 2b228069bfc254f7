/** What two sides have in common, in one line. */
export interface Finding {
  readonly equal: boolean;
  readonly text: string;
}
