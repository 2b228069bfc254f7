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
    /** Discount of Spot on vCPU and memory, as a share from 0 to 1. */
    readonly spotDiscount: number;
    /** Discount of a Compute Savings Plan on vCPU and memory, as a share from 0 to 1. */
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
  /** Standard workflows. Each retry is a transition. */
  readonly stepFunctions: { readonly millionTransitions: number };
  readonly temporalCloud: {
    /** Applied to every volume. Plans with a base fee have lower prices above five million actions a month. */
    readonly millionActions: number;
    /** Price of a plan without a base fee, as a share of the usage. */
    readonly planShare: number;
  };
  /** Standard topics. */
  readonly sns: { readonly millionRequests: number };
  /** Standard queues. */
  readonly sqs: { readonly millionRequests: number };
}

/** Prices that a run needs. The plan contains them, because workflows cannot read files. */
export type RunPrices = Pick<PriceTable, 'fargate' | 'lambda'>;

/**
 * List prices of us-east-1 without free tiers, 2026-11. `docs/cost.md` lists which of them were checked.
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
