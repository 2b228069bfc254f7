import { shownFiles } from '@etl/pipeline/batch/shownFiles';
import { workflowTypes } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';
import { etlCommand } from '../../hints';
import { lookUp } from '../../schedule/find';
import { type ScheduleReport, scheduleReport } from '../../schedule/report';
import { printResult, withClient } from '../../withClient';

export interface ListOptions {
  readonly json?: boolean;
}

export async function list({ json }: ListOptions): Promise<void> {
  await withClient(async (client) => {
    const schedules = await reports(client);
    const lines = schedules.map(describeLine);
    printResult(
      json,
      { schedules },
      lines.length > 0
        ? lines
        : [`There are no schedules. To create one, see: ${etlCommand('schedule', 'create', '--help')}`],
    );
  });
}

/** Describes each schedule separately: the list of schedules lags behind and does not contain the requests. */
async function reports(client: Client): Promise<ScheduleReport[]> {
  const found: ScheduleReport[] = [];
  for await (const { scheduleId, action } of client.schedule.list()) {
    if (action?.workflowType !== workflowTypes.nightlyBatch) continue;
    const known = await lookUp(client, scheduleId);
    if (known) found.push(scheduleReport(known.description));
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function describeLine({ name, times, timeZone, paused, request, next }: ScheduleReport): string {
  const [first] = next;
  const then = paused ? 'PAUSED' : first ? `next ${first.local}, batch date ${first.batchDate}` : 'no next time';
  return `${name}: ${times[0] ?? 'never'}, ${timeZone}: ${request ? shownFiles(request) : 'no valid request'}: ${then}`;
}
