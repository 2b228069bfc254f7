/** Longer texts are not dates, in bytes of UTF-8. As in kernel/texts.ts. */
export const longestDate = 64;

/** English, Spanish, French, German, Italian and Portuguese. A month may be shortened to three letters or more. */
const months = [
  'january february march april may june july august september october november december',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre setiembre',
  'janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre',
  'januar februar märz maerz april mai juni juli august september oktober november dezember',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
].flatMap((names) => names.split(' '));

/** 8 February 2026; Feb 8, 2026; 2026-Feb-08. */
const named = [
  /^(?:\p{L}{2,}[.,]* +)?\d{1,2}(?:st|nd|rd|th|[ºª.])?(?:[-/. ]| of | de )+(\p{L}{3,})[.,]?(?:[-/., ]| of | del? )*(?:\d{4}|\d{2})(?!\d)/iu,
  /^(?:\p{L}{2,}[.,]* +)?(\p{L}{3,})[. -]+\d{1,2}(?:st|nd|rd|th)?(?:,? +|-)(?:\d{1,2}:\d{2}\S* +(?:\p{L}+ +)?)?\d{4}(?!\d)/iu,
  /^\d{4}[-/. ](\p{L}{3,})[-/. ]\d{1,2}(?!\d)/iu,
];

const unnamed = [
  // Without marks between the numbers, and with a time: 20260208T103000Z.
  /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[T ]\d{2}/,
  // 2026-02, 02/2026
  /^\d{4}[-/](?:0?[1-9]|1[0-2])$|^(?:0?[1-9]|1[0-2])[-/](?:19|20)\d{2}$/,
  // Days and weeks of a year: 2026-039, 2026-W06-7.
  /^\d{4}-(?:[0-2]\d{2}|3[0-5]\d|36[0-6])$|^\d{4}-?W(?:[0-4]\d|5[0-3])(?:-?[1-7])?$/i,
  // Years that a timestamp does not hold: -0044-03-15, +12026-01-01.
  /^(?:[+-]\d{4,6}|\d{5,6})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)/,
];

/**
 * Whether a text is a date in a form that is not supported. Not every such form is known; a column with one that is known is not read
 * as dates, so that none of them is lost.
 */
export function isOtherDate(text: string): boolean {
  return unnamed.some((shape) => shape.test(text)) || named.some((shape) => isMonth(shape.exec(text)?.[1]));
}

function isMonth(name = ''): boolean {
  const lower = name.toLowerCase();
  return lower !== '' && months.some((month) => month.startsWith(lower));
}
