/** Words that mean null in number, boolean and date columns. In text columns they are text: NA is Namibia. */
export const nullWords: ReadonlySet<string> = new Set([
  'NA',
  'N/A',
  'n/a',
  'null',
  'NULL',
  'Null',
  'NaN',
  'nan',
  'None',
  'none',
]);
