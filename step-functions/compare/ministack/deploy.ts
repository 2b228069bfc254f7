import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { topics } from '@etl/pipeline/definition';
import type { MessageLanguage } from '@etl/pipeline/messages/languages';
import { localEcsSettings } from '../../../local/ecsSettings';
import { prepareMinistack, type StandInPlaces } from '../../../local/ministack/prepare';
import { standInCredentials, standInRegion } from '../../../local/ministack/server';
import { stateMachine } from '../../definition/machine';
import { stateNames } from '../../definition/names';
import { withSubstitutions } from '../../definition/settings';
import type { StateMachine } from '../../definition/types';
import type { Clients } from './clients';
import { anyRole, deployFunctions } from './functions';

/** Buckets of a comparison: the source is uploaded to `raw`, batches are published to `clean`. */
export const buckets = { raw: 'raw-data-lake', clean: 'clean-data-lake' } as const;

/** Folder of the dataset declarations that the functions read. */
export const declarationsUri = `s3://${buckets.raw}/_datasets`;

/** The deployed resources that a run uses. */
export interface Deployment extends StandInPlaces {
  readonly machine: StateMachine;
  readonly machineArn: string;
  /** ARNs of functions by the states that invoke them. */
  readonly functions: Readonly<Record<string, string>>;
}

interface DeploymentSettings {
  readonly endpoint: string;
  /** Image of the tasks. */
  readonly image: string;
  readonly timeScale: number;
  readonly messageLanguage: MessageLanguage;
}

/** Creates the resources that the state machine names, and the state machine itself. */
export async function deploy(
  clients: Clients,
  { endpoint, image, timeScale, messageLanguage }: DeploymentSettings,
): Promise<Deployment> {
  const { cluster, taskDefinition } = localEcsSettings;
  const places = await prepareMinistack(clients, {
    buckets: Object.values(buckets),
    topics: Object.values(topics),
    deadLetters: 'etl-dead',
    messages: 'etl-messages',
    cluster,
    taskDefinition,
    image,
    // On AWS, a task role replaces these variables. ministack passes its own address to tasks.
    environment: {
      AWS_ACCESS_KEY_ID: standInCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: standInCredentials.secretAccessKey,
      AWS_REGION: standInRegion,
    },
  });
  const functions = await deployFunctions(clients.lambda, {
    AWS_ENDPOINT_URL: endpoint,
    S3_RAW_BUCKET: buckets.raw,
    ETL_DATASETS: declarationsUri,
    S3_CLEAN_BUCKET: buckets.clean,
    // Set explicitly, because ministack runs functions as processes that inherit this process's environment.
    ETL_SOURCE_PREFIXES: buckets.raw,
    ETL_DESTINATION_PREFIXES: buckets.clean,
    ETL_TIME_SCALE: String(timeScale),
    ETL_MESSAGE_LANGUAGE: messageLanguage,
  });
  const machine = stateMachine(
    withSubstitutions({
      ...localEcsSettings,
      functions,
      successTopicArn: places.topicArns[topics.success],
      alertsTopicArn: places.topicArns[topics.alerts],
      deadLetterQueueUrl: places.deadLettersUrl,
      messageLanguage,
    }),
  );
  const { stateMachineArn = '' } = await clients.sfn.send(
    new CreateStateMachineCommand({ name: 'etl-pipeline', definition: JSON.stringify(machine), roleArn: anyRole }),
  );
  const { validate, confirm, sinks } = stateNames;
  const byState = {
    [validate]: functions.validateInput,
    [confirm]: functions.confirmCommit,
    [sinks]: functions.applySinks,
  };
  return { ...places, machine, machineArn: stateMachineArn, functions: byState };
}
