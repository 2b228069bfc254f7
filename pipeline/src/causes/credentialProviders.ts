import { readFileSync } from 'node:fs';

export type Env = Readonly<Record<string, string | undefined>>;

/** Set in the result of `thisProcess` on an EC2 instance, whose metadata may provide the credentials of a role. */
const onEc2 = 'ON_EC2_INSTANCE';

const remote = [
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];
const instance = ['AWS_EC2_METADATA_SERVICE_ENDPOINT', 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', onEc2];

/**
 * Returns whether AWS credentials come from a service that may be temporarily unavailable: absent credentials are then
 * not a misconfiguration.
 */
export function hasRemoteProvider(env: Env): boolean {
  const isSet = (name: string) => Boolean(env[name]);
  const disabled = env.AWS_EC2_METADATA_DISABLED;
  return remote.some(isSet) || (instance.some(isSet) && (!disabled || disabled === 'false'));
}

/** Returns the environment of this process, and whether its machine is an EC2 instance. */
export function thisProcess(): Env {
  return isEc2() ? { ...process.env, [onEc2]: 'true' } : process.env;
}

let ec2: boolean | undefined;

/**
 * Returns whether the machine is an EC2 instance.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html
 */
function isEc2(): boolean {
  ec2 ??=
    /^Amazon EC2/.test(read('/sys/devices/virtual/dmi/id/sys_vendor')) || /^ec2/i.test(read('/sys/hypervisor/uuid'));
  return ec2;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
