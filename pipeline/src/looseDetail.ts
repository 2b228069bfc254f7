/** Returns what an event, valid or not, states about itself, for the alert about it. */
export function looseDetail(event: unknown): { s3Key?: string; batchDate?: string; notifications?: 'none' } {
  const detail = (event as { detail?: unknown } | null | undefined)?.detail;
  if (detail === null || typeof detail !== 'object') return {};
  const { s3Key, batchDate, notifications } = detail as Record<string, unknown>;
  return {
    ...(typeof s3Key === 'string' && { s3Key: s3Key.slice(0, 1024) }),
    ...(typeof batchDate === 'string' && { batchDate: batchDate.slice(0, 40) }),
    ...(notifications === 'none' && { notifications }),
  };
}
