/**
 * Loads the adapters of AWS services. The local system uses none of them, so their clients load only where one is
 * configured.
 */
export const awsServices = () => (require('./services') as typeof import('./services')).services;
