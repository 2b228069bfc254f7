/**
 * Prices in US dollars. A price file (`ETL_PRICES`) replaces single values; see priceFile.ts. Limits and minimums of the
 * services are not prices: see tasks.ts and advice/limits.ts.
 */
export interface PriceTable {
  /** AWS region of the prices. */
  readonly region: string;
  /** Month of the prices, `YYYY-MM`. */
  readonly date: string;
  readonly fargate: {
    /** Linux on x86. */
    readonly vcpuHour: number;
    readonly memoryGiBHour: number;
    /** Ephemeral storage above 20 GiB. */
    readonly storageGiBHour: number;
    /** Share of vCPU and memory that Spot saves, 0 to 1. */
    readonly spotDiscount: number;
    /** Share of vCPU and memory that a Compute Savings Plan saves, 0 to 1. */
    readonly savingsPlanDiscount: number;
    /** Linux on ARM64 (Graviton). */
    readonly arm: { readonly vcpuHour: number; readonly memoryGiBHour: number };
  };
  readonly lambda: {
    /** Memory of a function on x86, first tier. */
    readonly gibSecond: number;
    readonly millionRequests: number;
    /** `/tmp` above 512 MiB. */
    readonly storageGiBSecond: number;
    readonly arm: { readonly gibSecond: number };
  };
  readonly glue: {
    /** Spark jobs of the standard execution class. */
    readonly dpuHour: number;
    /** Spark jobs of the flexible execution class, which may start late. */
    readonly flexDpuHour: number;
  };
  /** Workers on x86 with up to 20 GiB of storage each. */
  readonly emrServerless: { readonly vcpuHour: number; readonly memoryGiBHour: number };
  /** Standard workflows. A retry is another transition. */
  readonly stepFunctions: { readonly millionTransitions: number };
  readonly temporalCloud: {
    /** At every volume. Plans with a base fee have lower prices from five million per month. */
    readonly millionActions: number;
    /** Price of the plan, as a share of usage, without a base fee. */
    readonly planShare: number;
  };
  /** Standard topics. */
  readonly sns: { readonly millionRequests: number };
  /** Standard queues. */
  readonly sqs: { readonly millionRequests: number };
}

/** Prices that a run needs. The plan carries them, because workflows read no files. */
export type RunPrices = Pick<PriceTable, 'fargate' | 'lambda'>;

/**
 * List prices of us-east-1 without free tiers, 2026-11. `docs/prices.md` says how each was checked.
 *
 * @see https://aws.amazon.com/fargate/pricing (Linux; Spot: its maximum discount, the price varies)
 * @see https://aws.amazon.com/savingsplans/compute-pricing (Fargate, one year, no upfront payment)
 * @see https://aws.amazon.com/lambda/pricing
 * @see https://aws.amazon.com/glue/pricing
 * @see https://aws.amazon.com/emr/pricing (EMR Serverless)
 * @see https://aws.amazon.com/step-functions/pricing (Standard: $0.025 per thousand)
 * @see https://docs.temporal.io/cloud/pricing (pay as you go, Developer plan)
 * @see https://aws.amazon.com/sns/pricing and https://aws.amazon.com/sqs/pricing
 */
export const listPrices: PriceTable = {
  region: 'us-east-1',
  date: '2026-11',
  fargate: {
    vcpuHour: 0.04048,
    memoryGiBHour: 0.004445,
    storageGiBHour: 0.000111,
    spotDiscount: 0.7,
    savingsPlanDiscount: 0.2,
    arm: { vcpuHour: 0.03238, memoryGiBHour: 0.00356 },
  },
  lambda: {
    gibSecond: 0.0000166667,
    millionRequests: 0.2,
    storageGiBSecond: 0.0000000309,
    arm: { gibSecond: 0.0000133334 },
  },
  glue: { dpuHour: 0.44, flexDpuHour: 0.29 },
  emrServerless: { vcpuHour: 0.052624, memoryGiBHour: 0.0057785 },
  stepFunctions: { millionTransitions: 25 },
  temporalCloud: { millionActions: 50, planShare: 0.1 },
  sns: { millionRequests: 0.5 },
  sqs: { millionRequests: 0.4 },
};
