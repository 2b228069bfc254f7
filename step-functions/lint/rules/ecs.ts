import { type Fields, isFields } from '../../definition/fields';
import { integrationOf, sentBy, tasksOf } from '../definition';
import type { Rule } from '../finding';

/** ECS: "Specify either launchType or capacityProviderStrategy, not both." @see Amazon ECS API Reference, RunTask */
export const placement: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) =>
    /^(ecs|aws-sdk:ecs):runTask\b/i.test(integrationOf(fields) ?? '') && saysBoth(sentBy(fields))
      ? [
          {
            rule: 'launch-type',
            state,
            message:
              'LaunchType and CapacityProviderStrategy exclude each other, and ECS refuses the request: keep the strategy for Spot, the launch type else',
          },
        ]
      : [],
  );

function saysBoth(sent: unknown): boolean {
  return isFields(sent) && says(sent, 'launchtype') && says(sent, 'capacityproviderstrategy');
}

const says = (sent: Fields, name: string): boolean =>
  Object.keys(sent).some((key) => key.toLowerCase().replace(/\.\$$/, '') === name);
