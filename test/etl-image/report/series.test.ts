import { maxSamples, Series } from '@etl/image/report/series';

function seriesOf(length: number) {
  const series = new Series();
  for (let index = 0; index < length; index++) series.add({ seconds: index / 4, rows: index * 10, memoryMiB: 100 });
  return series.all();
}

test('keeps all samples of a short conversion', () => {
  expect(seriesOf(10).map(({ rows }) => rows)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
});

test.each([59, 60, 61, 1000, 100_000])(
  'keeps %d samples in a bounded number, at equal distances, to the end',
  (length) => {
    const samples = seriesOf(length);
    expect(samples.length).toBeLessThanOrEqual(maxSamples);
    expect(samples.length).toBeGreaterThanOrEqual(maxSamples / 2 - 1);
    const [first, second] = samples.map(({ seconds }) => seconds);
    const step = (second ?? 0) - (first ?? 0);
    for (const [index, { seconds }] of samples.entries()) expect(seconds).toBeCloseTo(index * step);
    expect((samples.at(-1)?.seconds ?? 0) + step).toBeGreaterThanOrEqual((length - 1) / 4);
  },
);
