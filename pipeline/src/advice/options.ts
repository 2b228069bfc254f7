import { number } from '@etl/lib/amounts';
import type { PriceTable } from '../prices/table';
import { fargateBilling, lambdaFreeStorageMiB } from '../prices/tasks';
import { lambdaMiBPerVcpu } from '../routing/estimate';
import { limits } from './limits';
import type { Rate } from './rate';
import { describeTaskSize, fargateSizeFor, type Workload } from './workload';

export type OptionId =
  | 'lambda'
  | 'lambda-arm'
  | 'fargate'
  | 'fargate-arm'
  | 'fargate-spot'
  | 'fargate-arm-spot'
  | 'fargate-savings-plan'
  | 'glue'
  | 'glue-flex'
  | 'emr-serverless';

/** A service that could run the job. */
export interface Option {
  readonly id: OptionId;
  readonly name: string;
  /** Billed size, such as `2 vCPU, 8 GiB`. */
  readonly size: string;
  /** Undefined if the service has no size for the job. */
  readonly rate?: Rate;
  /** Hard limits that the job exceeds; empty if the option can run it. */
  readonly limits: readonly string[];
  /** Maximum duration of a run, in minutes. @default unlimited */
  readonly mostMinutes?: number;
  /** Predicate of a sentence about an option that can run the job. */
  readonly because: string;
}

/** Returns all options in a fixed order. */
export function optionsFor(workload: Workload, prices: PriceTable): readonly Option[] {
  return [...lambdaOptions(workload, prices), ...fargateOptions(workload, prices), ...sparkOptions(workload, prices)];
}

const mib = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
const gpuLimit = ({ gpu }: Workload): string[] => (gpu ? ['has no GPU'] : []);

function lambdaOptions(workload: Workload, { lambda }: PriceTable): Option[] {
  const { minutes, vcpu, memoryMiB, bytes = 0 } = workload;
  const { minutes: mostMinutes, memoryMiB: mostMemory, storageMiB: mostStorage, vcpus } = limits.lambda;
  // A function has vCPUs in proportion to its memory.
  const memory = Math.ceil(Math.max(memoryMiB, Math.min(vcpu, vcpus) * lambdaMiBPerVcpu));
  const storageMiB = Math.max(mib(bytes), lambdaFreeStorageMiB);
  const exceeded = [
    ...gpuLimit(workload),
    ...(minutes > mostMinutes ? [`a run of ${minutes} min exceeds the limit of ${mostMinutes} min`] : []),
    ...(vcpu > vcpus ? [`${vcpu} vCPU exceed the limit of ${vcpus}`] : []),
    ...(memory > mostMemory ? [`${number(memory)} MiB of memory exceed the limit of ${number(mostMemory)} MiB`] : []),
    ...(storageMiB > mostStorage
      ? [`a file of ${number(storageMiB)} MiB exceeds the /tmp limit of ${number(mostStorage)} MiB`]
      : []),
  ];
  const option = (id: OptionId, name: string, gibSecond: number): Option => ({
    id,
    name,
    size: `${memory / 1024 === Math.round(memory / 1024) ? `${memory / 1024} GiB` : `${number(memory)} MiB`}`,
    rate: {
      requestUsd: lambda.millionRequests / 1e6,
      minuteUsd:
        60 * ((memory / 1024) * gibSecond + ((storageMiB - lambdaFreeStorageMiB) / 1024) * lambda.storageGiBSecond),
      minimumMinutes: 0,
    },
    limits: exceeded,
    mostMinutes,
    because: 'starts in seconds and is billed by the millisecond, so it suits short runs',
  });
  return [option('lambda', 'Lambda', lambda.gibSecond), option('lambda-arm', 'Lambda on ARM', lambda.arm.gibSecond)];
}

function fargateOptions(workload: Workload, { fargate }: PriceTable): Option[] {
  const { vcpu, memoryMiB, bytes = 0 } = workload;
  const size = fargateSizeFor(vcpu, memoryMiB);
  const { vcpus, memoryMiB: mostMemory, storageGiB: mostStorage } = limits.fargate;
  const storageGiB = Math.max(fargateBilling.freeStorageGiB, Math.ceil(bytes / 2 ** 30));
  const exceeded = [
    ...gpuLimit(workload),
    ...(size
      ? []
      : [
          `no size has ${vcpu} vCPU and ${memoryMiB / 1024} GiB: the largest is ${vcpus} vCPU, ${mostMemory / 1024} GiB`,
        ]),
    ...(storageGiB > mostStorage
      ? [`a file of ${storageGiB} GiB exceeds the storage limit of ${mostStorage} GiB`]
      : []),
  ];
  const storageHour = (storageGiB - fargateBilling.freeStorageGiB) * fargate.storageGiBHour;
  const option = (
    id: OptionId,
    name: string,
    { vcpuHour, memoryGiBHour }: { vcpuHour: number; memoryGiBHour: number },
    discount: number,
    because: string,
  ): Option => ({
    id,
    name,
    size: size ? describeTaskSize(size) : 'none',
    ...(size && {
      rate: {
        requestUsd: 0,
        minuteUsd:
          ((1 - discount) * ((size.cpu / 1024) * vcpuHour + (size.memoryMiB / 1024) * memoryGiBHour) + storageHour) /
          60,
        minimumMinutes: fargateBilling.minimumSeconds / 60,
      },
    }),
    limits: exceeded,
    because,
  });
  const { arm, spotDiscount, savingsPlanDiscount } = fargate;
  const spot = `may be interrupted with ${limits.spotNoticeMinutes} minutes of notice, so the job must resume or start again`;
  const image = 'needs an image for ARM64';
  return [
    option('fargate', 'Fargate', fargate, 0, 'has no maximum duration and requires no commitment'),
    option('fargate-arm', 'Fargate on ARM', arm, 0, image),
    option('fargate-spot', 'Fargate Spot', fargate, spotDiscount, spot),
    option('fargate-arm-spot', 'Fargate Spot on ARM', arm, spotDiscount, `${spot}; ${image}`),
    option(
      'fargate-savings-plan',
      'Fargate, savings plan',
      fargate,
      savingsPlanDiscount,
      'is billed for every hour of a year, used or not, so it suits tasks that run all the time',
    ),
  ];
}

function sparkOptions(workload: Workload, { glue, emrServerless }: PriceTable): Option[] {
  const { vcpu, memoryMiB } = workload;
  const { vcpusPerDpu, memoryGiBPerDpu, minimumDpus, minimumMinutes } = limits.glue;
  const dpus = Math.max(minimumDpus, Math.ceil(vcpu / vcpusPerDpu), Math.ceil(memoryMiB / 1024 / memoryGiBPerDpu));
  const glueOption = (id: OptionId, name: string, dpuHour: number, because: string): Option => ({
    id,
    name,
    size: `${dpus} DPU`,
    rate: { requestUsd: 0, minuteUsd: (dpus * dpuHour) / 60, minimumMinutes },
    limits: gpuLimit(workload),
    because,
  });
  const { driver, ...emr } = limits.emrServerless;
  // Executors have the Fargate sizes with at least one vCPU.
  const executor = fargateSizeFor(Math.max(1, vcpu), memoryMiB);
  const hour = (vcpus: number, memoryGiB: number): number =>
    vcpus * emrServerless.vcpuHour + memoryGiB * emrServerless.memoryGiBHour;
  return [
    glueOption('glue', 'Glue', glue.dpuHour, 'runs Spark code, and suits work that is too large for one machine'),
    glueOption(
      'glue-flex',
      'Glue, flexible',
      glue.flexDpuHour,
      'runs Spark code, but may start late and may be interrupted',
    ),
    {
      id: 'emr-serverless',
      name: 'EMR Serverless',
      size: executor ? `${describeTaskSize(executor)}, and a driver` : 'none',
      ...(executor && {
        rate: {
          requestUsd: 0,
          minuteUsd: (hour(executor.cpu / 1024, executor.memoryMiB / 1024) + hour(driver.vcpus, driver.memoryGiB)) / 60,
          minimumMinutes: emr.minimumMinutes,
        },
      }),
      limits: [
        ...gpuLimit(workload),
        ...(executor ? [] : [`one executor has at most ${emr.vcpus} vCPU and ${emr.memoryGiB} GiB`]),
      ],
      because: 'runs Spark code, and bills a driver in addition to the executor',
    },
  ];
}
