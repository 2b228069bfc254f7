import { isFields } from '../fields';
import { nearest } from './nearest';

const paths = ['InputPath', 'OutputPath'];
const all = ['Comment', 'Type', 'QueryLanguage'];
const onward = [...all, ...paths, 'Output', 'Assign', 'Next', 'End'];
const work = [...onward, 'Parameters', 'Arguments', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'];

/** The fields of each state type. @see Amazon States Language, "State Types" */
const fieldsOfType = new Map<unknown, readonly string[]>([
  ['Pass', [...onward, 'Parameters', 'Result', 'ResultPath']],
  ['Wait', [...onward, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']],
  ['Choice', [...all, ...paths, 'Output', 'Assign', 'Choices', 'Default']],
  ['Succeed', [...all, ...paths, 'Output']],
  ['Fail', [...all, 'Error', 'ErrorPath', 'Cause', 'CausePath']],
  ['Parallel', [...work, 'Branches']],
  [
    'Task',
    [
      ...[...work, 'Resource', 'Credentials'],
      ...['TimeoutSeconds', 'TimeoutSecondsPath', 'HeartbeatSeconds', 'HeartbeatSecondsPath'],
    ],
  ],
  [
    'Map',
    [
      ...[
        ...work,
        'Iterator',
        'ItemProcessor',
        'Items',
        'ItemsPath',
        'ItemSelector',
        'ItemReader',
        'ItemBatcher',
        'Label',
      ],
      ...['ResultWriter', 'MaxConcurrency', 'MaxConcurrencyPath', 'ToleratedFailureCount', 'ToleratedFailureCountPath'],
      ...['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
    ],
  ],
]);

/**
 * Describes the fields that a state's type does not have, each with its nearest match. Returns undefined if there are
 * none.
 */
export function misspelt(state: unknown): string | undefined {
  const known = isFields(state) ? fieldsOfType.get(state.Type) : undefined;
  if (!isFields(state) || !known) return undefined;
  const unknown = Object.keys(state).filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  return unknown
    .map((name) => `${name} is no field of a ${state.Type} state: did you mean ${nearest(name, known)}?`)
    .join(' ');
}
