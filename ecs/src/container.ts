/** Name of the ETL container in every task definition, which distinguishes its exit from that of a sidecar. */
export const etlContainerName = 'etl-worker';
