import { Command } from 'commander';
import { localDefaults } from '../../config/localDefaults';
import type { UpOptions } from '../actions/up';
import { existingFile, existingFolder, port } from '../arguments';

const action = (): typeof import('../actions/up') => require('../actions/up');

export function upCommand(): Command {
  return new Command('up')
    .description('run the local system: Temporal with its Web UI, a Fargate endpoint and a worker')
    .option('--temporal-port <port>', 'port of the Temporal server', port, localDefaults.temporalPort)
    .option('--ui-port <port>', 'port of the Temporal Web UI', port, localDefaults.uiPort)
    .option('--ecs-port <port>', 'port of the local Fargate endpoint', port, localDefaults.ecsPort)
    .option('--faults <file|json>', 'faults to inject at the Fargate endpoint (docs/faults.md)', (text: string) =>
      action().faultPlan(text),
    )
    .option(
      '--watch <folder>',
      'start a pipeline for each file that lands in this folder (docs/intake.md)',
      existingFolder,
    )
    .option('--worker <program>', 'run this Node.js program as the worker (docs/library.md)', existingFile)
    .option('--detach', 'run it in the background, and return when it is ready')
    .option('--json', 'print one JSON object when the system is ready')
    .action((options: UpOptions) => action().up(options));
}
