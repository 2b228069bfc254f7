import type { DescribeOptions } from '../../commands/schedule/describe';
import { find } from '../../schedule/find';
import { describeSchedule, scheduleReport } from '../../schedule/report';
import { say, withClient } from '../../withClient';

export async function describe(name: string, { json }: DescribeOptions): Promise<void> {
  await withClient(async (client) => {
    const report = scheduleReport((await find(client, name)).description);
    say(json, report, describeSchedule(report));
  });
}
