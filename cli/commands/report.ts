import { Command } from 'commander';
import type { ReportOptions } from '../actions/report';
import { calendarDate } from '../arguments';

const action = (): typeof import('../actions/report') => require('../actions/report');

export function reportCommand(): Command {
  return new Command('report')
    .description('write a report about a run or a night as one self-contained HTML file')
    .argument('[run]', 'workflow ID, run ID, or dataset/date/source')
    .option('--night <YYYY-MM-DD>', 'batch date of a night, instead of a run', (text: string) =>
      calendarDate(text, '--night'),
    )
    .option('--dataset <name>', 'with --night: only this dataset')
    .requiredOption('--out <file>', 'file of the page, which is replaced')
    .option('--json', 'print one JSON object')
    .action((run: string | undefined, options: ReportOptions) => action().report(run, options));
}
