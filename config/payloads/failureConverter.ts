import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Moves messages and stack traces of failures into a payload, which the codec encrypts. Loaded by path, also into
 * workflows.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
