import type { Definition, Fields } from '../definition';
import { tasksOf } from '../definition';
import type { Rule } from '../finding';
import { ordinaryTransitions, transitionsOf } from '../transitions';

/**
 * A task that only failures lead to, and after it SUCCEEDED: the run is green, and nothing was delivered. A way back to a
 * task of the ordinary course is a recovery. A Catch that leads to the end of that course itself is somebody's decision:
 * what failed did not matter.
 */
export const greenFailures: Rule = (machine) => {
  const ordinary = reached(machine, ordinaryTransitions);
  const all = reached(machine, transitionsOf);
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

function reached(machine: Definition, transitions: (state: Fields) => readonly { to: string }[]): Set<string> {
  const found = new Set<string>();
  const waiting = [machine.startAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = machine.states[name];
    if (found.has(name) || !state) continue;
    found.add(name);
    waiting.push(...transitions(state).map(({ to }) => to));
  }
  return found;
}

/** The state in which the run succeeds when no other work comes before it. */
function greenEnd(machine: Definition, name: string, state: Fields, seen = new Set<string>()): string | undefined {
  if (state.Type === 'Succeed' || state.End === true) return name;
  seen.add(name);
  for (const { to } of ordinaryTransitions(state)) {
    const next = machine.states[to];
    // Work that comes after it has its own say.
    if (!next || seen.has(to) || ['Task', 'Parallel', 'Map'].includes(String(next.Type))) continue;
    const end = greenEnd(machine, to, next, seen);
    if (end !== undefined) return end;
  }
  return undefined;
}
