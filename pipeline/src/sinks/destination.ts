import { parseUri } from '@etl/lib/uri';

/** Returns whether commits at a destination are applied to sinks. The services of sinks read the data from S3. */
export function appliesSinks(destination: string): boolean {
  return parseUri(destination)?.kind === 's3';
}

/** Returns a warning that a local run, which must not depend on sinks, applies none. */
export const sinkWarning = (destination: string): string =>
  `commits are not applied to the sinks of the dataset, because the destination ${destination} is not in S3`;
