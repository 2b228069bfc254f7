import { gzipSync } from 'node:zlib';
import { decompressHead } from '@etl/pipeline/csv/compression';
import { headBytes, inspectHead, longHeadBytes } from '@etl/pipeline/csv/inspectHead';

/** Text that gzip compresses to more than half its size. */
function noise(bytes: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length: bytes }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return 48 + (state % 64);
    }),
  );
}

/** A long first line makes validation read more of the file than usual. */
const longLine = `a,${'x'.repeat(headBytes)}\n`;

describe('the cost of inspecting a head depends on its stored bytes', () => {
  test('inflates only the requested part of a head, whatever its compression ratio', async () => {
    const bomb = gzipSync(Buffer.concat([noise(60_000), Buffer.alloc(100_000_000)]));
    const head = await decompressHead(bomb, 'gzip', headBytes);
    expect('plain' in head && head.plain.length).toBeLessThan(headBytes + 256 * 1024);
  });

  test('inspects the rows after a long first line up to a limit', async () => {
    for (const complete of [true, false]) {
      const head = Buffer.concat([Buffer.from(longLine), Buffer.alloc(longHeadBytes - longLine.length, '1,\n')]);
      const { problems, sampleRows } = await inspectHead(head, { complete });
      expect(problems).toEqual([]);
      expect(sampleRows).toBeLessThanOrEqual(headBytes / 3);
    }
  });

  test('finds a long first line after empty lines', async () => {
    const { problems, columns } = await inspectHead(Buffer.from(`\n\r\n${longLine}1,2\n`), { complete: true });
    expect(problems).toEqual([]);
    expect(columns).toHaveLength(2);
  });
});

test('reads truncated gzip as far as possible and reports damaged gzip as a problem', async () => {
  const whole = gzipSync(noise(100_000));
  const cut = await decompressHead(whole.subarray(0, 50_000), 'gzip', headBytes);
  expect('plain' in cut && cut.plain.length).toBeGreaterThan(30_000);
  const damaged = Buffer.from(whole).fill(0xff, 20_000, 20_100);
  expect(await decompressHead(damaged, 'gzip', headBytes)).toEqual({ problem: expect.any(String) });
});
