/** ECS's messages, verbatim as far as users have reported them. */

export const rateExceeded = 'Rate exceeded';
export const noCapacity =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';
export const noImage =
  'CannotPullContainerError: pull image manifest has been retried 5 time(s): dial tcp: i/o timeout';

export const quotas = ['vCPUs', 'tasks', 'provisioning'] as const;
export type Quota = (typeof quotas)[number];

/** On demand and Spot have separate quotas with the same message. */
export const quotaReached: Readonly<Record<Quota, string>> = {
  vCPUs: "You've reached the limit on the number of vCPUs you can run concurrently",
  tasks: "You've reached the limit on the number of tasks you can run concurrently",
  provisioning: 'Tasks provisioning capacity limit exceeded.',
};

export const credentialErrors = [
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'AccessDeniedException',
] as const;
export type CredentialError = (typeof credentialErrors)[number];

/** Age of the rejected signature and longest accepted age, in milliseconds. */
const [signatureAgeMs, signatureLifeMs] = [7 * 60_000, 5 * 60_000];

/** Returns ECS's message for rejected credentials. `now` is in milliseconds since the epoch. */
export function credentialsRefused(as: CredentialError, operation: string, now: number): string {
  switch (as) {
    case 'ExpiredTokenException':
      return 'The security token included in the request is expired';
    case 'UnrecognizedClientException':
      return 'The security token included in the request is invalid.';
    case 'InvalidSignatureException': {
      const [signed, oldest, own] = [now - signatureAgeMs, now - signatureLifeMs, now].map(amzDate);
      return `Signature expired: ${signed} is now earlier than ${oldest} (${own} - 5 min.)`;
    }
    case 'AccessDeniedException': {
      const user = 'arn:aws:sts::000000000000:assumed-role/etl-worker/local';
      const why = `because no identity-based policy allows the ecs:${operation} action`;
      return `User: ${user} is not authorized to perform: ecs:${operation} ${why}`;
    }
  }
}

/** Formats a time as `20261130T044500Z`. */
const amzDate = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
