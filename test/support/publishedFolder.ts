import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the folder of the only source published for a dataset and date; undefined before there is one. */
export function publishedFolder(lake: string, dataset: string, batchDate = '2026-02-08'): string | undefined {
  const day = join(lake, dataset, `batch_date=${batchDate}`);
  const [source, ...more] = listed(day);
  if (more.length > 0) throw new Error(`${day} has ${1 + more.length} sources`);
  return source && join(day, source);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith('source='));
  } catch {
    return [];
  }
}
