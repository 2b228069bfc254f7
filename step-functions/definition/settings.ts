import type { TaskSize } from '@etl/ecs/sizes';
import { defaultLanguage, type MessageLanguage } from '@etl/pipeline/messages/languages';

/** Settings of the account that the machine is deployed to. */
export interface MachineSettings {
  /** Names or ARNs of Lambda functions. */
  readonly functions: { readonly validateInput: string; readonly confirmCommit: string; readonly applySinks: string };
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
  /** CPU units and MiB. A string is a substitution. @default the task definition's size */
  readonly size?: { readonly cpu: number | string; readonly memoryMiB: number | string };
  /** Runs all tasks on Spot: a machine cannot fall back to on demand. */
  readonly spot: boolean;
  readonly successTopicArn: string;
  readonly alertsTopicArn: string;
  readonly deadLetterQueueUrl: string;
  readonly messageLanguage: MessageLanguage;
}

/** Settings of a configuration, which may omit any of them. */
export type GivenSettings = {
  readonly [Key in Exclude<keyof MachineSettings, 'functions' | 'size'>]?: MachineSettings[Key] | undefined;
} & {
  readonly functions?: { readonly [Key in keyof MachineSettings['functions']]?: string | undefined };
  readonly size?: TaskSize | undefined;
};

/** Returns `${Name}`, which `DefinitionSubstitutions` of CloudFormation (and of SAM and CDK) replaces at deployment. */
const substitution = (name: string): string => `\${${name}}`;

/** Fills in a substitution for each setting that is not given. */
export function withSubstitutions(given: GivenSettings = {}): MachineSettings {
  const { functions = {}, size } = given;
  return {
    functions: {
      validateInput: functions.validateInput ?? substitution('ValidateInputFunctionArn'),
      confirmCommit: functions.confirmCommit ?? substitution('ConfirmCommitFunctionArn'),
      applySinks: functions.applySinks ?? substitution('ApplySinksFunctionArn'),
    },
    cluster: given.cluster ?? substitution('ClusterArn'),
    taskDefinition: given.taskDefinition ?? substitution('TaskDefinition'),
    subnets: given.subnets ?? [substitution('SubnetA'), substitution('SubnetB')],
    securityGroups: given.securityGroups ?? (given.subnets ? [] : [substitution('SecurityGroup')]),
    assignPublicIp: given.assignPublicIp ?? false,
    ...(size ? { size } : given.taskDefinition === undefined && { size: openSize }),
    spot: given.spot ?? false,
    successTopicArn: given.successTopicArn ?? substitution('SuccessTopicArn'),
    alertsTopicArn: given.alertsTopicArn ?? substitution('AlertsTopicArn'),
    deadLetterQueueUrl: given.deadLetterQueueUrl ?? substitution('DeadLetterQueueUrl'),
    messageLanguage: given.messageLanguage ?? defaultLanguage,
  };
}

const openSize = { cpu: substitution('TaskCpu'), memoryMiB: substitution('TaskMemory') };
