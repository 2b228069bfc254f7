import { CliError } from '@etl/lib/cliError';
import { advise as adviseOn } from '@etl/pipeline/advice/advise';
import { fargateSizeFor, type Workload } from '@etl/pipeline/advice/workload';
import { billedSeconds } from '@etl/pipeline/routing/estimate';
import { parseConfig } from '../../config/environment';
import { priceTable } from '../../config/prices';
import { adviceLines } from '../advise/lines';
import { cliExitCodes } from '../errors';
import { printResult } from '../withClient';
import { adviseFromHistory, type HistoryOptions } from './adviseFromHistory';

export interface AdviseOptions extends HistoryOptions {
  readonly fromHistory?: boolean;
  readonly minutes?: number;
  readonly filesPerDay: number;
  readonly vcpu: number;
  /** MiB. */
  readonly memory?: number;
  /** Bytes. */
  readonly size?: number;
  readonly gpu?: boolean;
  readonly kafka?: boolean;
}

const defaultMemoryMiB = 8192;

/** Prints the comparison of all options for a job, or the advised sizes of datasets. */
export async function advise(options: AdviseOptions): Promise<void> {
  if (options.fromHistory) return adviseFromHistory(options);
  const { filesPerDay, vcpu, memory: memoryMiB = defaultMemoryMiB, size: bytes, gpu, kafka, json } = options;
  const workload: Workload = {
    minutes: minutesOf({ ...options, memory: memoryMiB }),
    ...{ filesPerDay, vcpu, memoryMiB },
    ...(bytes !== undefined && { bytes }),
    ...(gpu && { gpu }),
    ...(kafka && { kafka }),
  };
  const advice = adviseOn(workload, priceTable(parseConfig(process.env)));
  printResult(json, advice, adviceLines(advice));
}

function minutesOf(options: AdviseOptions): number {
  const { minutes, size: bytes, vcpu, memory: memoryMiB = defaultMemoryMiB } = options;
  if (minutes !== undefined) return minutes;
  if (bytes === undefined) {
    const remedy =
      'Give the duration of a run, e.g. --minutes 30, the size of its file, e.g. --size 10GB, or --from-history';
    throw new CliError('neither --minutes nor --size is given', remedy, cliExitCodes.usage);
  }
  const size = fargateSizeFor(vcpu, memoryMiB) ?? { cpu: vcpu * 1024, memoryMiB };
  return Math.round((billedSeconds({ bytes, size, tasks: 1 }).convert / 60) * 100) / 100;
}
