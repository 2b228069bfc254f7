import { own } from '@etl/lib/own';

const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};
/** Account ID in ARNs of the local endpoint, whose tasks have no console page. */
const localAccount = '000000000000';
const taskArnPattern = /^arn:([a-z-]+):ecs:([a-z0-9-]+):(\d{12}):task\/([A-Za-z0-9_-]+)\/([0-9a-f-]+)$/;

/**
 * Returns the URL of a task's page in the AWS console; undefined for a local task and for other text than a task ARN.
 */
export function consoleUrl(taskArn: string): string | undefined {
  const [, partition = '', region, account, cluster, id] = taskArnPattern.exec(taskArn) ?? [];
  const host = own(consoles, partition);
  if (host === undefined || account === localAccount) return undefined;
  return `https://${region}.${host}/ecs/v2/clusters/${cluster}/tasks/${id}?region=${region}`;
}
