import { integrationOf, resourceOf, tasksOf } from '../definition';
import type { Rule } from '../finding';
import { knownIntegrations } from '../knownIntegrations';
import { nearest } from '../nearest';

/** Rejects unknown integrations, which Step Functions rejects only at deployment, by their whole ARN. */
export const integrations: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) => {
    const message = problem(resourceOf(fields), integrationOf(fields));
    return message === undefined ? [] : [{ rule: 'integration', state, message }];
  });

const known = new Set(knownIntegrations);

function problem(resource: string, integration: string | undefined): string | undefined {
  // Substitutions are resolved at deployment.
  if (integration === undefined && (resource.includes('${') || isFunctionOrActivity(resource))) return undefined;
  if (integration === undefined) {
    return `${resource} is neither a function, an activity nor an integration: write arn:aws:states:::lambda:invoke, say`;
  }
  if (/^aws-sdk:[a-z0-9]+:[a-z]\w*(\.waitForTaskToken)?$/.test(integration) || known.has(integration)) return undefined;
  if (integration.startsWith('aws-sdk:')) {
    return `${integration} is no call of an SDK: write aws-sdk:service:action, the service in lower case, the action as in s3:getObject, with nothing or .waitForTaskToken behind it`;
  }
  return `${integration} is no integration of Step Functions: did you mean ${nearest(integration, knownIntegrations)}?`;
}

function isFunctionOrActivity(resource: string): boolean {
  return /^arn:[\w-]+:(lambda:[^:]*:[^:]*:function|states:[^:]*:[^:]*:activity):.+/.test(resource);
}
