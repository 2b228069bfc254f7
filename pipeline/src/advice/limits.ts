/**
 * Hard limits of the services. An option whose limit a job exceeds is ruled out.
 *
 * @see AWS Lambda Developer Guide, "Lambda quotas"; Amazon ECS Developer Guide, "Fargate task ephemeral storage" and
 *   "Fargate capacity providers"; AWS Glue Developer Guide, "Worker types"; Amazon EMR Serverless User Guide, "Worker
 *   configurations"
 */
export const limits = {
  lambda: { minutes: 15, memoryMiB: 10_240, storageMiB: 10_240, vcpus: 6 },
  fargate: { vcpus: 16, memoryMiB: 122_880, storageGiB: 200 },
  /** Notice before Spot capacity is reclaimed. */
  spotNoticeMinutes: 2,
  /** Workers of type G.1X: one DPU each. A Spark job has at least two. */
  glue: { vcpusPerDpu: 4, memoryGiBPerDpu: 16, minimumDpus: 2, minimumMinutes: 1 },
  /** Driver, in addition to one executor of the size of the job. */
  emrServerless: { driver: { vcpus: 1, memoryGiB: 2 }, minimumMinutes: 1, vcpus: 16, memoryGiB: 120 },
} as const;
