import { existsSync } from 'node:fs';
import { join } from 'node:path';

const slow = jest.requireActual<Readonly<Record<string, readonly [seconds: number, why: string]>>>('../support/slow');

test('each file in the table of slow tests exists and has a duration and a reason', () => {
  const outdated = Object.entries(slow).filter(
    ([file, [seconds, why]]) =>
      !existsSync(join(__dirname, '..', `${file}.test.ts`)) || !(seconds > 1) || why.length < 10,
  );
  expect(outdated).toEqual([]);
});
