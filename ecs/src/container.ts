/** The name of the ETL container in every task definition; a sidecar's exit is never taken for its. */
export const etlContainerName = 'etl-worker';
