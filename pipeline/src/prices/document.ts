import type { PriceTable } from './table';

const meanings: Readonly<Record<string, string>> = {
  'fargate.vcpuHour': 'Fargate, Linux on x86: a vCPU for an hour',
  'fargate.memoryGiBHour': 'Fargate, Linux on x86: a GiB of memory for an hour',
  'fargate.storageGiBHour': 'Fargate: a GiB of ephemeral storage above 20 GiB for an hour',
  'fargate.spotDiscount': 'Fargate Spot: discount on vCPU and memory, as a share (the maximum; the price varies)',
  'fargate.savingsPlanDiscount':
    'Fargate, Compute Savings Plan of one year without upfront payment: discount on vCPU and memory, as a share',
  'fargate.arm.vcpuHour': 'Fargate, Linux on ARM64: a vCPU for an hour',
  'fargate.arm.memoryGiBHour': 'Fargate, Linux on ARM64: a GiB of memory for an hour',
  'lambda.gibSecond': 'Lambda on x86: a GiB of memory for a second',
  'lambda.millionRequests': 'Lambda: a million requests',
  'lambda.storageGiBSecond': 'Lambda: a GiB of `/tmp` above 512 MiB for a second',
  'lambda.arm.gibSecond': 'Lambda on ARM64: a GiB of memory for a second',
  'glue.dpuHour': 'Glue, Spark job of the standard execution class: a DPU for an hour',
  'glue.flexDpuHour': 'Glue, Spark job of the flexible execution class: a DPU for an hour',
  'emrServerless.vcpuHour': 'EMR Serverless on x86: a vCPU for an hour',
  'emrServerless.memoryGiBHour': 'EMR Serverless on x86: a GiB of memory for an hour',
  'stepFunctions.millionTransitions': 'Step Functions, Standard: a million state transitions',
  'temporalCloud.millionActions': 'Temporal Cloud: a million actions',
  'temporalCloud.planShare': 'Temporal Cloud: price of the plan without a base fee, as a share of the usage',
  'sns.millionRequests': 'SNS, standard topic: a million requests',
  'sqs.millionRequests': 'SQS, standard queue: a million requests',
};

/** Returns the prices as a table in Markdown, with the keys of a price file. */
export function pricesTable(prices: PriceTable): string {
  const rows = leavesOf(prices).map(([key, value]) => `| \`${key}\` | ${decimal(value)} | ${meanings[key] ?? ''} |`);
  return ['| Key | Value | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function leavesOf(values: object, prefix = ''): [string, number][] {
  return Object.entries(values).flatMap(([name, value]): [string, number][] => {
    const key = `${prefix}${name}`;
    if (typeof value === 'number') return [[key, value]];
    return value !== null && typeof value === 'object' ? leavesOf(value, `${key}.`) : [];
  });
}

/** Formats a number without an exponent. */
const decimal = (value: number): string => value.toFixed(12).replace(/\.?0+$/, '');
