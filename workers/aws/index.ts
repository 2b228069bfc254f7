/** The services of an account. The local system has none of them: only who is configured to use one loads their clients. */
export const awsServices = () => (require('./services') as typeof import('./services')).services;
