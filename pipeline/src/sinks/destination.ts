import { parseUri } from '@etl/lib/uri';

/** Returns whether sinks are applied at a destination. Their services read the data from S3. */
export function appliesSinks(destination: string): boolean {
  return parseUri(destination)?.kind === 's3';
}

/** Returns why sinks are not applied at a destination. A local run of a dataset must not depend on them. */
export const sinkWarning = (destination: string): string =>
  `the sinks of the dataset are not applied, because the destination ${destination} is not in S3`;
