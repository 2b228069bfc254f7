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

/**
 * Levels of JSON, four per machine; real definitions have fewer. The validator's run time grows exponentially with the
 * levels.
 */
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

/** Rules for the outermost machine only: the execution continues after the end of an inner machine. */
const outermostRules: readonly Rule[] = [greenFailures];

/**
 * Lints a definition in the Amazon States Language: against its schema (`asl-validator`), and with rules for valid
 * definitions that fail, lose data or hide a failure when they run. Machines within Map and Parallel states are linted,
 * too.
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
