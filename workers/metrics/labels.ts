/** Datasets that have series of their own on one worker. */
export const maxDatasets = 300;

/** Label of the datasets beyond the maximum. */
export const otherDatasets = 'other';

/**
 * Returns a function that returns the label of a dataset. An event can name any dataset, so only the first ones have
 * series of their own; the others share one.
 */
export function datasetLabels(max = maxDatasets): (dataset: string | undefined) => string {
  const known = new Set<string>();
  return (dataset = '') => {
    if (known.size < max) known.add(dataset);
    return known.has(dataset) ? dataset : otherDatasets;
  };
}

/** Returns a function that returns whether it sees a key for the first time among the latest `max` keys. */
export function firstTimes(max: number): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    for (const oldest of seen) {
      if (seen.size <= max) break;
      seen.delete(oldest);
    }
    return true;
  };
}
