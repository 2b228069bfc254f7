/**
 * Loads Temporal's client library on first use. Loading takes longer than everything else that a command does before it
 * connects, so only code that connects, or examines an error of a connected client, pays for it.
 */
export const temporalClient = (): typeof import('@temporalio/client') => require('@temporalio/client');
