import { own } from '@etl/lib/own';
import type { Fields } from '../../fields';
import { ordinaryTransitions, reached } from '../../transitions';
import { type Definition, tasksOf } from '../definition';
import type { Rule } from '../finding';

/**
 * A task that only failures lead to, and after it SUCCEEDED: the run is green, and nothing was delivered. A way back to a
 * task of the ordinary course is a recovery. A Catch that leads to the end of that course itself is somebody's decision:
 * what failed did not matter.
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
        message: `only a Catch leads here, and ${how}: a failed run is shown as SUCCEEDED. Let a Fail state end it`,
      },
    ];
  });
};

/** The state in which the run succeeds when no other work comes before it. */
function greenEnd(machine: Definition, name: string, state: Fields, seen = new Set<string>()): string | undefined {
  if (state.Type === 'Succeed' || state.End === true) return name;
  seen.add(name);
  for (const { to } of ordinaryTransitions(state)) {
    const next = own(machine.states, to);
    // Work that comes after it has its own say.
    if (!next || seen.has(to) || ['Task', 'Parallel', 'Map'].includes(String(next.Type))) continue;
    const end = greenEnd(machine, to, next, seen);
    if (end !== undefined) return end;
  }
  return undefined;
}
