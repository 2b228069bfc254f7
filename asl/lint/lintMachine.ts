import { isFields } from '../fields';
import { allDefinitions, readDefinition } from './definition';
import type { Finding, Rule } from './finding';
import { pathsExist } from './paths/pathsExist';
import { catchKeepsData } from './rules/catches';
import { placement } from './rules/ecs';
import { greenFailures } from './rules/greenFailures';
import { heartbeats } from './rules/heartbeats';
import { integrations } from './rules/integrations';
import { parameterNames } from './rules/parameterNames';
import { payloadSize } from './rules/payloadSize';
import { allErrors, explicitTimeouts } from './rules/retries';
import { timeouts } from './rules/timeouts';
import { schemaFindings } from './schema';

const rules: readonly Rule[] = [
  allErrors,
  integrations,
  parameterNames,
  heartbeats,
  timeouts,
  catchKeepsData,
  placement,
  payloadSize,
  explicitTimeouts,
  greenFailures,
  pathsExist,
];

/**
 * What is wrong with a definition in the Amazon States Language: by its schema (`asl-validator`), and by rules for what is
 * valid and fails, loses data or hides a failure when it runs. Machines within Map and Parallel states are looked at, too.
 */
export function lintMachine(machine: unknown): Finding[] {
  if (!isFields(machine)) {
    return [
      { rule: 'schema', state: '', message: 'this is no state machine: write an object with StartAt and States' },
    ];
  }
  const definition = readDefinition(machine);
  const definitions = definition ? allDefinitions(definition) : [];
  return [...schemaFindings(machine), ...definitions.flatMap((each) => rules.flatMap((rule) => rule(each)))];
}
