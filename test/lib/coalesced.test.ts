import { coalesced } from '@etl/lib/coalesced';

test('concurrent calls share a run that begins after them', async () => {
  let state = 0;
  let runs = 0;
  let release: () => void = () => undefined;
  const read = coalesced(async () => {
    runs++;
    const seen = state;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return seen;
  });
  const first = read();
  await Promise.resolve();
  await Promise.resolve();
  state = 1;
  const [second, third] = [read(), read()];
  release();
  expect(await first).toBe(0);
  await new Promise(setImmediate);
  release();
  expect(await Promise.all([second, third])).toEqual([1, 1]);
  expect(runs).toBe(2);
});

test('a failed run fails its callers only', async () => {
  let fails = true;
  const read = coalesced(async () => {
    if (fails) throw new Error('unavailable');
    return 'read';
  });
  await expect(read()).rejects.toThrow('unavailable');
  fails = false;
  expect(await read()).toBe('read');
});
