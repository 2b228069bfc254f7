import { Command } from 'commander';
import { find } from '../../schedule/find';
import { describeSchedule, scheduleReport } from '../../schedule/report';
import { say, withClient } from '../../withClient';

export function describeCommand(): Command {
  return new Command('describe')
    .description('what a schedule does, what it has done, and the next times with their batch dates')
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print one JSON object')
    .action(describe);
}

async function describe(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  await withClient(async (client) => {
    const report = scheduleReport((await find(client, name)).description);
    say(json, report, describeSchedule(report));
  });
}
