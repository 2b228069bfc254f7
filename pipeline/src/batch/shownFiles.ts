import type { BatchRequest } from './request';

/** Returns how messages and lists name the files of a request. */
export function shownFiles({ prefix, match, dataset }: BatchRequest): string {
  const files = [prefix, match].filter(Boolean).join(', ');
  return dataset === undefined ? files : [`dataset ${dataset}`, files].filter(Boolean).join(', ');
}
