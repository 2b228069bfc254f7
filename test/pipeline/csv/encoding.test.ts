import { decoderOf, detectEncoding, type Encoding, EncodingError } from '@etl/pipeline/csv/encoding';
import { randomFrom } from '../../support/random';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const mixed = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));

test.each<[string, Buffer, Encoding, number]>([
  ['ASCII', Buffer.from('id,ciudad\n1,x\n'), 'utf-8', 0],
  ['UTF-8', Buffer.from('id,ciudad\n1,Málaga\n'), 'utf-8', 0],
  ['UTF-8 of every length', Buffer.from('é € 😄 \u0800 \uffff \u{10ffff}'), 'utf-8', 0],
  ['UTF-8 with a stray byte', mixed('1,Málaga\n2,Cádiz\n3,Le', 0xf3, 'n\n4,x\n'), 'utf-8', 0],
  ['UTF-8 with half a character', mixed('1,Málaga\n2,Cádiz\n3,', 0xc3, '\n'), 'utf-8', 0],
  ['one byte above ASCII', latin1('1,Le\xf3n\n'), 'windows-1252', 0],
  ['Windows-1252', latin1('1,M\xe1laga\n2,C\xe1diz\n3,5 \x80\n'), 'windows-1252', 0],
  // The bytes of "SÍ»" contain a valid UTF-8 character.
  ['Windows-1252 that happens to contain UTF-8', latin1('\xabS\xcd\xbb, dijo Mar\xeda'), 'windows-1252', 1],
  ['equal shares of both', mixed('1,á\n2,', 0xe1, '\n'), 'windows-1252', 1],
  [
    'overlong forms, surrogates and code points beyond Unicode',
    Buffer.of(0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf4, 0x92, 0x80, 0x80),
    'windows-1252',
    0,
  ],
  // "データ" in Shift JIS: three of the six bytes are undefined in Windows-1252.
  ['neither', Buffer.of(0x83, 0x66, 0x81, 0x5b, 0x83, 0x5e, 0x8f, 0x8d, 0x90), 'utf-8', 0],
])('detects %s', (_what, bytes, encoding, warnings) => {
  const detected = detectEncoding(bytes, true);
  expect(detected.encoding).toBe(encoding);
  expect(detected.warnings).toHaveLength(warnings);
});

test('ignores a character that the end of the head cuts off', () => {
  const bytes = Buffer.from('1,ñ€😄');
  for (let end = 2; end < bytes.length; end++)
    expect(detectEncoding(bytes.subarray(0, end), false)).toEqual({ encoding: 'utf-8', warnings: [] });
  expect(detectEncoding(bytes.subarray(0, 3), true).encoding).toBe('windows-1252');
});

test('reports the certainty of the detection and the encoding to declare', () => {
  expect(detectEncoding(mixed('1,á\n2,', 0xe1, '\n'), true).warnings).toEqual([
    'the encoding is ambiguous: 1 bytes are not UTF-8, and 1 characters are valid UTF-8; read as windows-1252 (declare dialect.encoding)',
  ]);
});

/** Every byte of Windows-1252: https://encoding.spec.whatwg.org/index-windows-1252.txt */
const high =
  '20ac 81 201a 192 201e 2026 2020 2021 2c6 2030 160 2039 152 8d 17d 8f 90 2018 2019 201c 201d 2022 2013 2014 2dc 2122 161 203a 153 9d 17e 178';
const windows1252 = [...Array(256).keys()].map((byte) =>
  byte >= 0x80 && byte < 0xa0 ? Number.parseInt(high.split(' ')[byte - 0x80] ?? '', 16) : byte,
);

test('decodes every byte of Windows-1252, in one piece or in several', () => {
  const bytes = Buffer.from([...Array(256).keys()]);
  const expected = String.fromCodePoint(...windows1252);
  expect(decoderOf('windows-1252')(bytes, true).toString()).toBe(expected);
  const decode = decoderOf('windows-1252');
  expect(Buffer.concat([decode(bytes.subarray(0, 130), false), decode(bytes.subarray(130), true)]).toString()).toBe(
    expected,
  );
});

test('decodes a text independently of how it is split', () => {
  const text = '\ufeffaño;"5 €"\r\n😄,\u0800\n';
  const encoded: Record<Encoding, Buffer> = {
    'utf-8': Buffer.from(text),
    'utf-16le': Buffer.from(text, 'utf16le'),
    'utf-16be': Buffer.from(text, 'utf16le').swap16(),
    'windows-1252': latin1('a\xf1o;"5 \x80"\r\n'),
  };
  for (const [encoding, bytes] of Object.entries(encoded) as [Encoding, Buffer][]) {
    const expected = encoding === 'windows-1252' ? 'año;"5 €"\r\n' : text.slice(1);
    for (let seed = 1; seed <= 50; seed++) {
      const { below } = randomFrom(seed);
      const decode = decoderOf(encoding);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; ) {
        const piece = bytes.subarray(at, at + below(4));
        at += piece.length;
        pieces.push(decode(piece, false));
      }
      pieces.push(decode(Buffer.alloc(0), true));
      expect(Buffer.concat(pieces).toString()).toBe(expected);
    }
  }
});

test('throws for half a UTF-16 character and passes invalid UTF-8 bytes through', () => {
  expect(() => decoderOf('utf-16le')(Buffer.of(0x61, 0, 0x00, 0xd8), true)).toThrow(EncodingError);
  expect([...decoderOf('utf-8')(Buffer.of(0x61, 0xff, 0xef, 0xbb), true)]).toEqual([0x61, 0xff, 0xef, 0xbb]);
});
