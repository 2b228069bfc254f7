import { appendFile } from 'node:fs/promises';

export interface Refresh {
  readonly dataset: string;
  readonly batchDate: string;
  readonly rows: number;
}

/** Stands for a call of the team's dashboard. Returns the name of the dashboard. */
export async function refreshDashboard(refresh: Refresh): Promise<string> {
  await appendFile('refreshes.jsonl', `${JSON.stringify(refresh)}\n`);
  return `dashboards/${refresh.dataset}`;
}
