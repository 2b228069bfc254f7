import { own } from '@etl/lib/own';
import type { Fields } from '../../definition/fields';
import { ordinaryTransitions, reached } from '../../definition/transitions';
import { type Definition, tasksOf } from '../definition';
import type { Rule } from '../finding';

/**
 * Rejects a task that only failures lead to and that ends in SUCCEEDED: the execution is green although nothing was
 * delivered. A transition back to a task of the ordinary course is a recovery. A Catch that leads directly to the end
 * of the ordinary course is a deliberate choice: the failure does not matter.
 */
export const greenFailures: Rule = (machine) => {
  const ordinary = reached(machine.startAt, machine.states, ordinaryTransitions);
  const all = reached(machine.startAt, machine.states);
  return tasksOf(machine).flatMap(([state, fields]) => {
    if (ordinary.has(state) || !all.has(state)) return [];
    const end = greenEnd(machine, state, fields);
    if (end === undefined) return [];
    const how = end === state ? 'it ends the run with "End": true' : `it leads to ${end}`;
    return [
      {
        rule: 'green-failure',
        state,
        message: `only a Catch leads here, and ${how}, so a failed run ends as SUCCEEDED: end it with a Fail state`,
      },
    ];
  });
};

/** Returns the state in which the execution succeeds without further work. */
function greenEnd(machine: Definition, name: string, state: Fields, seen = new Set<string>()): string | undefined {
  if (state.Type === 'Succeed' || state.End === true) return name;
  seen.add(name);
  for (const { to } of ordinaryTransitions(state)) {
    const next = own(machine.states, to);
    // Later work determines the outcome itself.
    if (!next || seen.has(to) || ['Task', 'Parallel', 'Map'].includes(String(next.Type))) continue;
    const end = greenEnd(machine, to, next, seen);
    if (end !== undefined) return end;
  }
  return undefined;
}
