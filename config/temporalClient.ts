/**
 * Temporal's client library. Loading it takes longer than all that a command does before it connects: only who connects, or sees
 * an error of a connected client, waits for it.
 */
export const temporalClient = (): typeof import('@temporalio/client') => require('@temporalio/client');
