import { find } from '../../schedule/find';
import { timetableOf } from '../../schedule/readSpec';
import { describeSchedule, scheduleReport } from '../../schedule/report';
import { describeIrregularDays } from '../../schedule/show';
import { serverYear } from '../../schedule/yearAhead';
import { printResult, withClient } from '../../withClient';

export interface DescribeOptions {
  readonly json?: boolean;
}

export async function describe(name: string, { json }: DescribeOptions): Promise<void> {
  await withClient(async (client) => {
    const { description } = await find(client, name);
    const { spec } = description;
    const timetable = timetableOf(spec);
    const zoned = { timeZone: spec.timezone || 'UTC', jitterMs: spec.jitter ?? 0 };
    const year = timetable && (await serverYear(client, name, { timetable, ...zoned }, new Date()));
    const report = scheduleReport(description);
    printResult(json, { ...report, irregularDays: null, serverDiffers: null, ...year }, [
      ...describeSchedule(report),
      ...(year ? describeIrregularDays(year) : []),
      ...(year?.serverDiffers ? [`  Temporal starts batches at different times than planned: ${remedy}`] : []),
    ]);
  });
}

const remedy =
  'the schedule is of an earlier version, or the rules of its time zone have changed. Create it again with --replace';
