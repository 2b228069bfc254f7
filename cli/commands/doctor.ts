import { Command } from 'commander';
import type { DoctorOptions } from '../actions/doctor';

const action = (): typeof import('../actions/doctor') => require('../actions/doctor');

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check this machine and print a remedy for each problem')
    .option(
      '--mend',
      'complete interrupted publications below S3_CLEAN_BUCKET, and register search attributes on a server of this machine',
    )
    .option('--json', 'print one JSON object')
    .action((options: DoctorOptions) => action().doctor(options));
}
