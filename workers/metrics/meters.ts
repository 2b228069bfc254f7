import type { MetricMeter } from '@temporalio/common';
import { type LabelsOf, type MetricName, metricsTable, type NameOf } from './table';

/** Writes the metrics of the table to a meter. */
export interface Meters {
  /** Adds to a counter. */
  add<Name extends NameOf<'counter'>>(name: Name, value: number, labels: LabelsOf<Name>): void;
  set<Name extends NameOf<'gauge'>>(name: Name, value: number, labels: LabelsOf<Name>): void;
  /** Records a value of a histogram. */
  record<Name extends NameOf<'histogram'>>(name: Name, value: number, labels: LabelsOf<Name>): void;
}

/** Creates the instruments when they are first used, so that a metric without values is absent. */
export function createMeters(meter: MetricMeter): Meters {
  const helpOf = (name: MetricName) => metricsTable[name].help;
  const counter = remembered((name) => meter.createCounter(name, '', helpOf(name)));
  const gauge = remembered((name) => meter.createGauge(name, 'float', '', helpOf(name)));
  const histogram = remembered((name) => meter.createHistogram(name, 'float', '', helpOf(name)));
  return {
    add: (name, value, labels) => counter(name).add(value, labels),
    set: (name, value, labels) => gauge(name).set(value, labels),
    record: (name, value, labels) => histogram(name).record(value, labels),
  };
}

function remembered<Instrument>(create: (name: MetricName) => Instrument): (name: MetricName) => Instrument {
  const known = new Map<MetricName, Instrument>();
  return (name) => {
    const instrument = known.get(name) ?? create(name);
    known.set(name, instrument);
    return instrument;
  };
}
