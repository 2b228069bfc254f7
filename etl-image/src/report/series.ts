import type { ResourceSample } from '@etl/pipeline/manifest';

/** Most samples that a series keeps. */
export const maxSamples = 60;

/**
 * Rows and memory over time, in at most 60 samples at equal distances. When it is full, every second sample is dropped,
 * and from then on only every second one is kept: a conversion of any length fits.
 */
export class Series {
  private samples: ResourceSample[] = [];
  private every = 1;
  private seen = 0;

  add(sample: ResourceSample): void {
    if (this.seen++ % this.every !== 0) return;
    this.samples.push(sample);
    if (this.samples.length < maxSamples) return;
    this.samples = this.samples.filter((_each, index) => index % 2 === 0);
    this.every *= 2;
  }

  /** Returns the samples, by time. */
  all(): readonly ResourceSample[] {
    return this.samples;
  }
}
