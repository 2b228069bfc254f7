type Pattern = '' | '.sync' | '.sync:2' | '.waitForTaskToken';

const sync: readonly Pattern[] = ['', '.sync'];
const token: readonly Pattern[] = ['', '.waitForTaskToken'];
const call: readonly Pattern[] = [''];

/**
 * Optimized integrations: each action with its integration patterns.
 * @see AWS Step Functions Developer Guide, "Integrating services"
 */
const services: Readonly<Record<string, Readonly<Record<string, readonly Pattern[]>>>> = {
  lambda: { invoke: token },
  ecs: { runTask: ['', '.sync', '.waitForTaskToken'] },
  sns: { publish: token },
  sqs: { sendMessage: token },
  events: { putEvents: token },
  states: { startExecution: ['', '.sync', '.sync:2', '.waitForTaskToken'] },
  apigateway: { invoke: token },
  http: { invoke: call },
  batch: { submitJob: sync },
  dynamodb: { getItem: call, putItem: call, updateItem: call, deleteItem: call },
  glue: { startJobRun: sync },
  databrew: { startJobRun: sync },
  athena: { startQueryExecution: sync, stopQueryExecution: call, getQueryExecution: call, getQueryResults: call },
  bedrock: { invokeModel: token, createModelCustomizationJob: sync },
  mediaconvert: { createJob: sync },
  codebuild: {
    startBuild: sync,
    stopBuild: call,
    batchDeleteBuilds: call,
    batchGetReports: call,
    startBuildBatch: sync,
    stopBuildBatch: call,
    retryBuildBatch: sync,
    deleteBuildBatch: call,
  },
  eks: {
    call,
    runJob: sync,
    createCluster: sync,
    deleteCluster: sync,
    createFargateProfile: sync,
    deleteFargateProfile: sync,
    createNodegroup: sync,
    deleteNodegroup: sync,
  },
  elasticmapreduce: {
    createCluster: sync,
    terminateCluster: sync,
    addStep: sync,
    cancelStep: call,
    setClusterTerminationProtection: call,
    modifyInstanceFleetByName: call,
    modifyInstanceGroupByName: call,
  },
  'emr-containers': { createVirtualCluster: call, deleteVirtualCluster: sync, startJobRun: sync },
  'emr-serverless': {
    createApplication: sync,
    startApplication: sync,
    stopApplication: sync,
    deleteApplication: sync,
    startJobRun: sync,
    cancelJobRun: sync,
  },
  sagemaker: {
    createTrainingJob: sync,
    createTransformJob: sync,
    createProcessingJob: sync,
    createHyperParameterTuningJob: sync,
    createLabelingJob: sync,
    createEndpoint: call,
    createEndpointConfig: call,
    createModel: call,
    updateEndpoint: call,
  },
};

/** Integrations in the form `ecs:runTask.sync`. */
export const knownIntegrations: readonly string[] = Object.entries(services).flatMap(([service, actions]) =>
  Object.entries(actions).flatMap(([action, patterns]) => patterns.map((pattern) => `${service}:${action}${pattern}`)),
);
