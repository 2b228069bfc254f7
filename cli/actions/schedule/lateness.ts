import { count } from '@etl/lib/amounts';
import { workflowTypes } from '@etl/pipeline/definition';
import type { LatenessInput } from '../../../workflows/checkLateness';
import { temporalCommand } from '../../hints';
import { latenessSchedule as scheduleId } from '../../latenessSchedule';
import { storeIntervals } from '../../schedule/intervals';
import { printResult, withClient } from '../../withClient';

export interface LatenessOptions {
  readonly every: number;
  readonly json?: boolean;
}

export async function lateness({ every: everyMinutes, json }: LatenessOptions): Promise<void> {
  const input: LatenessInput = { everyMinutes };
  await withClient(async (client) => {
    await storeIntervals(client, { scheduleId, everyMinutes, workflowType: workflowTypes.lateness, input });
    printResult(json, { scheduleId, everyMinutes }, [
      `Schedule ${scheduleId}: every ${count(everyMinutes, 'minute')}, it sends an alert for each batch that has not started or is late.`,
      `Show it with: ${temporalCommand('schedule', 'describe', '--schedule-id', scheduleId)}`,
    ]);
  });
}
