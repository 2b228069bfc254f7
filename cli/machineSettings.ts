import type { Config } from '../config/environment';
import { taskDefinitionName } from '../config/taskDefinitionFile';
import { type MachineSettings, withSubstitutions } from '../step-functions/definition/settings';

/** Returns the configured settings of the state machine. Missing settings remain substitutions. */
export function machineSettings(config: Config): MachineSettings {
  const { ECS_TASK_CPU: cpu, ECS_TASK_MEMORY: memoryMiB } = config;
  return withSubstitutions({
    functions: {
      validateInput: config.VALIDATE_INPUT_FUNCTION,
      confirmCommit: config.CONFIRM_COMMIT_FUNCTION,
      applySinks: config.APPLY_SINKS_FUNCTION,
    },
    cluster: config.ECS_CLUSTER,
    taskDefinition: taskDefinitionName(config),
    subnets: config.ECS_SUBNETS,
    securityGroups: config.ECS_SECURITY_GROUPS,
    assignPublicIp: config.ECS_ASSIGN_PUBLIC_IP === 'ENABLED',
    ...(cpu !== undefined && memoryMiB !== undefined && { size: { cpu, memoryMiB } }),
    spot: config.ECS_SPOT === 'true',
    successTopicArn: config.SUCCESS_TOPIC_ARN,
    alertsTopicArn: config.ALERTS_TOPIC_ARN,
    deadLetterQueueUrl: config.DLQ_URL,
    messageLanguage: config.ETL_MESSAGE_LANGUAGE,
  });
}
