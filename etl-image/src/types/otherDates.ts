/** Maximum length of a date, in bytes of UTF-8. Equal to `longestDate` in assembly/texts.ts. */
export const longestDate = 64;

/** English, Spanish, French, German, Italian and Portuguese. Months may be abbreviated to three letters or more. */
const months = [
  'january february march april may june july august september october november december',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre setiembre',
  'janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre',
  'januar februar märz maerz april mai juni juli august september oktober november dezember',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
].flatMap((names) => names.split(' '));

/** Anything except digits, spaces and date separators. (Unicode's class of letters takes milliseconds to compile.) */
const letter = '[^\\d\\s.,:/-]';

/** 8 February 2026; Feb 8, 2026; 2026-Feb-08. */
const named = [
  `(?:${letter}{2,}[.,]* +)?\\d{1,2}(?:st|nd|rd|th|[ºª.])?(?:[-/. ]| of | de )+(${letter}{3,})[.,]?(?:[-/., ]| of | del? )*(?:\\d{4}|\\d{2})`,
  `(?:${letter}{2,}[.,]* +)?(${letter}{3,})[. -]+\\d{1,2}(?:st|nd|rd|th)?(?:,? +|-)(?:\\d{1,2}:\\d{2}\\S* +(?:${letter}+ +)?)?\\d{4}`,
  `\\d{4}[-/. ](${letter}{3,})[-/. ]\\d{1,2}`,
].map((shape) => new RegExp(`^${shape}(?!\\d)`));

const unnamed = [
  // Without separators and with a time: 20260208T103000Z.
  /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[t ]\d{2}/,
  // 2026-02, 02/2026
  /^\d{4}[-/](?:0?[1-9]|1[0-2])$|^(?:0?[1-9]|1[0-2])[-/](?:19|20)\d{2}$/,
  // Ordinal and week dates: 2026-039, 2026-W06-7.
  /^\d{4}-(?:[0-2]\d{2}|3[0-5]\d|36[0-6])$|^\d{4}-?w(?:[0-4]\d|5[0-3])(?:-?[1-7])?$/,
  // Years that a timestamp cannot hold: -0044-03-15, +12026-01-01.
  /^(?:[+-]\d{4,6}|\d{5,6})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)/,
];

/**
 * Returns whether a text is a date in an unsupported form. The list of forms is not exhaustive. A column with such a
 * date stays text, so that no date is lost.
 */
export function isOtherDate(text: string): boolean {
  const lower = text.toLowerCase();
  return unnamed.some((shape) => shape.test(lower)) || named.some((shape) => isMonth(shape.exec(lower)?.[1]));
}

function isMonth(name = ''): boolean {
  return name !== '' && months.some((month) => month.startsWith(name));
}
