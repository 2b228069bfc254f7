import { count, describeBytes, number } from '@etl/lib/amounts';
import type { Advice } from '@etl/pipeline/advice/advise';
import { dollars } from '../dollars';
import { tableLines } from '../table';

/** Returns the text output of `etl advise`. */
export function adviceLines(advice: Advice): string[] {
  const { workload, prices, options, recommended, breakEven, notes, gpu, kafka } = advice;
  const { minutes, filesPerDay, vcpu, memoryMiB, bytes } = workload;
  const job = [
    `${count(filesPerDay, 'file')} a day`,
    `${Number(minutes.toPrecision(3))} min each`,
    `${vcpu} vCPU`,
    `${number(memoryMiB / 1024)} GiB`,
    ...(bytes > 0 ? [`files of ${describeBytes(bytes)}`] : []),
  ];
  return [
    `Job:     ${job.join(', ')}`,
    `Prices:  ${prices.region}, ${prices.date}, a month of 30 days, without free tiers`,
    '',
    ...tableLines([
      ['Option', 'Size', 'Run', 'Month', ''],
      ...options.map(({ name, size, runUsd, monthUsd, reason }) => [
        name,
        size,
        dollars(runUsd, 4),
        dollars(monthUsd),
        reason,
      ]),
    ]),
    '',
    `Advice:  ${kafka?.reason ?? recommended?.reason ?? gpu ?? 'no option can run the job: split the file, or use a smaller size'}`,
    ...(kafka ? serviceLine(kafka.serviceMonthUsd) : []),
    ...(breakEven.length > 0 ? ['', 'Break-even points', ...breakEven.map(({ sentence }) => `- ${sentence}`)] : []),
    '',
    'Notes',
    ...notes.map((note) => `- ${note}`),
  ];
}

const serviceLine = (usd: number | null): string[] =>
  usd === null ? [] : [`         a service of one task: ${dollars(usd)} a month`];
