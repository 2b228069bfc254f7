import { isDeep, isFields } from '../fields';
import { allDefinitions, readDefinition } from './definition';
import type { Finding, Rule } from './finding';
import { pathsExist } from './paths/pathsExist';
import { catchKeepsData } from './rules/catches';
import { placement } from './rules/ecs';
import { formatArguments } from './rules/formatArguments';
import { greenFailures } from './rules/greenFailures';
import { heartbeats } from './rules/heartbeats';
import { integrations } from './rules/integrations';
import { literalPaths } from './rules/literalPaths';
import { parameterNames } from './rules/parameterNames';
import { payloadSize } from './rules/payloadSize';
import { allErrors, explicitTimeouts } from './rules/retries';
import { retryValues } from './rules/retryValues';
import { taskTokens } from './rules/taskTokens';
import { timeouts } from './rules/timeouts';
import { schemaFindings } from './schema';

/** Levels of JSON, four to a machine: more than anybody writes. The time that the validator takes grows exponentially with them. */
const maxDepth = 64;

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
  retryValues,
  taskTokens,
  literalPaths,
  formatArguments,
  pathsExist,
];

/** Of the outermost machine alone: where one within it ends, the run goes on. */
const outermostRules: readonly Rule[] = [greenFailures];

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
  if (isDeep(machine, maxDepth)) {
    const message = `this is nested more than ${maxDepth} levels deep: call machines of their own, by states:startExecution`;
    return [{ rule: 'schema', state: '', message }];
  }
  const definition = readDefinition(machine);
  const definitions = definition ? allDefinitions(definition) : [];
  return [
    ...schemaFindings(machine),
    ...definitions.flatMap((each) => rules.flatMap((rule) => rule(each))),
    ...(definition ? outermostRules.flatMap((rule) => rule(definition)) : []),
  ];
}
