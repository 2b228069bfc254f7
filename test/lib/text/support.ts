import { type Random, randomFrom } from '../../support/random';

/** Characters that encoders must escape, with ranges as [first, last]. */
const hostile: readonly (number | readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  0x061c,
  0x2028,
  0x2029,
  0xfeff,
  0x2060,
  0x00ad,
  0xfffe,
  0xffff,
  [0xd800, 0xdfff],
  [0xe0001, 0xe007f],
];
const markdown = '`*_[]()<>#+-.!|~&\\=:/@"\'0123456789 \t';
const ordinary = 'abcXYZ áéíñü ¿¡ 中文数据 Ωж עברית العربية 👩‍💻🇪🇸❤️ \u0301';
const starts = [
  'https://evil.example/',
  'www.evil.example',
  '\u001b]0;x\u0007',
  '\r\nMotivo: ',
  '![x](//evil)',
  '<b>',
  '- ',
  '1. ',
];

/** Generates texts of every kind of character. Equal for the same seed. */
export function texts(seed: number, count: number): string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const pieces = Array.from({ length: 1 + random.below(24) }, () => piece(random));
    return pieces.join('');
  });
}

function piece(random: Random): string {
  const kind = random.below(6);
  if (kind === 0) return hostileCharacter(random);
  if (kind === 1) return random.pick([...markdown]);
  if (kind === 2) return random.pick(starts);
  if (kind === 3) return String.fromCodePoint(random.below(0x110000));
  return random.pick([...ordinary]);
}

function hostileCharacter(random: Random): string {
  const each = random.pick(hostile);
  const [first, last] = typeof each === 'number' ? [each, each] : each;
  return String.fromCharCode(...utf16(first + random.below(last - first + 1)));
}

/** Includes lone surrogates, which `fromCodePoint` joins with the next character only by chance. */
const utf16 = (code: number): number[] =>
  code < 0x10000 ? [code] : [0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff)];

/**
 * Characters that no encoder may return, defined independently of the encoders. U+200D is allowed only inside emoji.
 */
export const raw =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]|(?<!\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d|\u200d(?!\p{Extended_Pictographic})|\p{Cs}/u;

/** The same for a text with line breaks. */
export const rawInLines = new RegExp(raw.source.replace('\\u0000-\\u001f', '\\u0000-\\u0009\\u000b-\\u001f'), 'u');

/** Ordinary text, which no encoder changes. */
export const plain = [
  'ventas_2026_02.csv, 2026-02-08',
  'Málaga, año 2026: ¿cuántas ventas?',
  '销售数据_二月.csv',
  'naïve café (Åre) 100 %',
  'emoji 👩‍💻 ❤️ 🇪🇸 👍🏽',
  "l'été à Évian; 3,50 €",
  's3://raw-data-lake/ventas/día=8/ventas.csv',
  'file:///data/ventas.csv',
  'תל אביב / العربية',
];
