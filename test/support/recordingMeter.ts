import type { MetricMeter, MetricTags } from '@temporalio/common';

/** A meter that keeps every sample as `name{label="value"}`: sums of counters, last values of gauges, lists of histograms. */
export function recordingMeter() {
  const samples: Record<string, number | number[]> = {};
  const series = (name: string, tags: MetricTags = {}) => {
    const labels = Object.entries(tags).map(([label, value]) => `${label}=${value}`);
    return labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
  };
  const common = { description: '', unit: '', withTags: () => unsupported() };
  const meter: MetricMeter = {
    createCounter: (name) => ({
      ...{ ...common, name, kind: 'counter', valueType: 'int' },
      add: (value, tags) => {
        samples[series(name, tags)] = Number(samples[series(name, tags)] ?? 0) + value;
      },
    }),
    createGauge: (name) => ({
      ...{ ...common, name, kind: 'gauge', valueType: 'float' },
      set: (value, tags) => {
        samples[series(name, tags)] = value;
      },
    }),
    createHistogram: (name) => ({
      ...{ ...common, name, kind: 'histogram', valueType: 'float' },
      record: (value, tags) => {
        samples[series(name, tags)] = [...((samples[series(name, tags)] as number[] | undefined) ?? []), value];
      },
    }),
    withTags: () => unsupported(),
  };
  return { meter, samples };
}

function unsupported(): never {
  throw new Error('the fake does not implement this call');
}
