import { type Fields, isFields } from '../../definition/fields';
import { integrationOf, sentBy, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** ECS: "Specify either launchType or capacityProviderStrategy, not both." @see Amazon ECS API Reference, RunTask */
export const placement: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) =>
    /^(ecs|aws-sdk:ecs):runTask\b/i.test(integrationOf(fields) ?? '') && hasBoth(sentBy(fields))
      ? [
          {
            rule: 'launch-type',
            state,
            message:
              'ECS rejects a request with both LaunchType and CapacityProviderStrategy: keep the strategy for Spot, otherwise the launch type',
          },
        ]
      : [],
  );

function hasBoth(sent: unknown): boolean {
  return isFields(sent) && hasField(sent, 'launchtype') && hasField(sent, 'capacityproviderstrategy');
}

const hasField = (sent: Fields, name: string): boolean =>
  Object.keys(sent).some((key) => key.toLowerCase().replace(/\.\$$/, '') === name);
