import type { Command } from 'commander';
import { adviseCommand } from './advise';
import { approveCommand } from './approve';
import { aslCommand } from './asl';
import { backfillCommand } from './backfill';
import { batchCommand } from './batch';
import { cancelCommand } from './cancel';
import { codecServerCommand } from './codecServer';
import { compareCommand } from './compare';
import { convertCommand } from './convert';
import { costCommand } from './cost';
import { datasetCommand } from './dataset';
import { demoCommand } from './demo';
import { dlqCommand } from './dlq';
import { doctorCommand } from './doctor';
import { downCommand } from './down';
import { imageCommand } from './image';
import { logsCommand } from './logs';
import { reapCommand } from './reap';
import { reportCommand } from './report';
import { retryCommand } from './retry';
import { runCommand } from './run';
import { runsCommand } from './runs';
import { scheduleCommand } from './schedule';
import { sinkCommand } from './sink';
import { statusCommand } from './status';
import { upCommand } from './up';
import { vacuumCommand } from './vacuum';
import { watchCommand } from './watch';

/**
 * Command declarations, in the order of the help and of docs/cli.md. A declaration loads its action from `actions/`
 * only when the command runs, so that `etl --help` starts quickly.
 */
export const commands: readonly (() => Command)[] = [
  demoCommand,
  upCommand,
  downCommand,
  statusCommand,
  runCommand,
  runsCommand,
  watchCommand,
  logsCommand,
  cancelCommand,
  approveCommand,
  retryCommand,
  convertCommand,
  batchCommand,
  backfillCommand,
  scheduleCommand,
  datasetCommand,
  sinkCommand,
  vacuumCommand,
  reapCommand,
  dlqCommand,
  reportCommand,
  costCommand,
  adviseCommand,
  aslCommand,
  compareCommand,
  imageCommand,
  codecServerCommand,
  doctorCommand,
];
