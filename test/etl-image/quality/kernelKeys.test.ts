import { keyWords } from '@etl/image/quality/writtenRows';
import { Kernel } from '@etl/image/wasm/kernel';
import { randomFrom } from '../../support/random';

const mask = (1n << 64n) - 1n;
const rotate = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & mask;

/** SipHash-2-4 with 128 bits, after the reference implementation. */
function sipHash(key: Buffer, message: Buffer): Buffer {
  const [k0, k1] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)];
  let [v0, v1, v2, v3] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn ^ 0xeen,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const round = (times: number): void => {
    for (; times > 0; times--) {
      v0 = (v0 + v1) & mask;
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = (v2 + v3) & mask;
      v3 = rotate(v3, 16n) ^ v2;
      v0 = (v0 + v3) & mask;
      v3 = rotate(v3, 21n) ^ v0;
      v2 = (v2 + v1) & mask;
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const padded = Buffer.alloc(Math.floor(message.length / 8) * 8 + 8);
  message.copy(padded);
  padded[padded.length - 1] = message.length & 255;
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    v3 ^= word;
    round(2);
    v0 ^= word;
  }
  const hash = Buffer.alloc(16);
  v2 ^= 0xeen;
  round(4);
  hash.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3, 0);
  v1 ^= 0xddn;
  round(4);
  hash.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3, 8);
  return hash;
}

const key = Buffer.from(Array.from({ length: 16 }, (_, at) => at));

/** Returns the hashes of texts by the kernel. */
function hashesOf(texts: readonly Buffer[]): Buffer[] {
  const kernel = new Kernel();
  const allocate = (bytes: number): number => kernel.allocate(texts.length * bytes);
  const [values, valid, keep, hashes] = [allocate(8), allocate(1), allocate(1), allocate(16)];
  const keyAt = kernel.allocate(16);
  kernel.write(keyAt, key);
  kernel.fill(valid, texts.length, 1);
  kernel.fill(hashes, texts.length * 16, 0);
  for (const [row, text] of texts.entries()) {
    const to = kernel.allocate(text.length);
    kernel.write(to, text);
    kernel.setWord(values + row * 8, to);
    kernel.setWord(values + row * 8 + 4, text.length);
  }
  kernel.run.hashTexts(values, valid, texts.length, keyAt, keep, hashes);
  return texts.map((_, row) => Buffer.from(kernel.copy(hashes + row * 16, 16)));
}

test('hashes as the test vectors of SipHash', () => {
  const vectors = [
    'a3817f04ba25a8e66df67214c7550293',
    'da87c1d86b99af44347659119b22fc45',
    '8177228da4a45dc7fca38bdef60affe4',
  ];
  const messages = vectors.map((_, length) => Buffer.from(Array.from({ length }, (_each, at) => at)));
  expect(hashesOf(messages).map((hash) => hash.toString('hex'))).toEqual(vectors);
  expect(messages.map((message) => sipHash(key, message).toString('hex'))).toEqual(vectors);
});

test('hashes texts of any length as the reference', () => {
  const random = randomFrom(7);
  const texts = Array.from({ length: 70 }, (_, length) =>
    Buffer.from(Array.from({ length: length < 68 ? length : 1000 + length }, () => random.below(256))),
  );
  expect(hashesOf(texts)).toEqual(texts.map((text) => sipHash(key, text)));
});

test('a null in any column leaves out the row, and both zeros are equal', () => {
  const kernel = new Kernel();
  const rows = 4;
  const allocate = (bytes: number): number => kernel.allocate(rows * bytes);
  const [doubles, integers, valid, keep] = [allocate(8), allocate(8), allocate(1), allocate(1)];
  const [hashes, lines, packed] = [allocate(16), allocate(4), allocate(keyWords * 4)];
  const keyAt = kernel.allocate(16);
  kernel.write(keyAt, key);
  kernel.fill(keep, rows, 1);
  kernel.fill(hashes, rows * 16, 0);
  for (const [row, value] of [0, -0, 1, 1].entries()) {
    kernel.setDouble(doubles + row * 8, value);
    kernel.setInteger(integers + row * 8, 5n);
    kernel.setWord(lines + row * 4, row * 10);
    kernel.setByte(valid + row, row === 2 ? 0 : 1);
  }
  kernel.run.hashFixed(doubles, valid, rows, true, keyAt, keep, hashes);
  kernel.fill(valid, rows, 1);
  kernel.run.hashFixed(integers, valid, rows, false, keyAt, keep, hashes);
  expect(kernel.run.packKeys(hashes, lines, keep, rows, packed)).toBe(3);
  const words = [...kernel.words(packed, 3 * keyWords)];
  const found = [0, 1, 2].map((at) => words.slice(at * keyWords, (at + 1) * keyWords));
  expect(found.map((each) => each.at(-1))).toEqual([0, 10, 30]);
  expect(found[0]?.slice(0, 4)).toEqual(found[1]?.slice(0, 4));
  expect(found[0]?.slice(0, 4)).not.toEqual(found[2]?.slice(0, 4));
  // The values themselves are written with their sign.
  expect(kernel.double(doubles + 8)).toBe(-0);
});
