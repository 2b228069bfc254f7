import { isDeep, isFields } from '../definition/fields';
import { readDefinition } from './definition';
import type { Finding, Rule } from './finding';
import { pathsExist } from './paths/pathsExist';
import { catchKeepsData } from './rules/catches';
import { placement } from './rules/ecs';
import { formatArguments } from './rules/formatArguments';
import { greenFailures } from './rules/greenFailures';
import { literalPaths } from './rules/literalPaths';
import { parameterNames } from './rules/parameterNames';
import { allErrors, explicitTimeouts } from './rules/retries';
import { retryValues } from './rules/retryValues';
import { timeouts } from './rules/timeouts';
import { schemaFindings } from './schema';

/**
 * Levels of JSON, four per machine; real definitions have fewer. The validator's run time grows exponentially with the
 * levels.
 */
const maxDepth = 64;

const rules: readonly Rule[] = [
  allErrors,
  parameterNames,
  timeouts,
  catchKeepsData,
  placement,
  explicitTimeouts,
  retryValues,
  literalPaths,
  formatArguments,
  greenFailures,
  pathsExist,
];

/**
 * Lints a definition in the Amazon States Language: against its schema (`asl-validator`), and with rules for valid
 * definitions that fail, lose data or hide a failure when they run. The rules cover what the generated machine consists
 * of: machines within Map and Parallel states are checked against the schema only.
 */
export function lintMachine(machine: unknown): Finding[] {
  if (!isFields(machine)) {
    return [
      {
        rule: 'schema',
        state: '',
        message: 'the definition is not a state machine: use an object with StartAt and States',
      },
    ];
  }
  if (isDeep(machine, maxDepth)) {
    const message = `the definition is nested more than ${maxDepth} levels deep: move inner machines out, and start them with states:startExecution`;
    return [{ rule: 'schema', state: '', message }];
  }
  const definition = readDefinition(machine);
  return [...schemaFindings(machine), ...(definition ? rules.flatMap((rule) => rule(definition)) : [])];
}
