/** The task's page in the AWS console; undefined for a local task, and for what is no task's ARN. */
export function consoleUrl(taskArn: string): string | undefined {
  const match = /^arn:(aws|aws-cn|aws-us-gov):ecs:([a-z0-9-]+):(\d{12}):task\/([^/]+)\/([0-9a-f]+)$/.exec(taskArn);
  if (!match || match[3] === '000000000000') return undefined;
  return undefined;
}
