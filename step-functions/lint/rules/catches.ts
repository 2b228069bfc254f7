import { fieldsOf } from '../../definition/fields';
import { type Definition, statesOf, usesJsonPath } from '../definition';
import { describeCatch } from '../describeCatch';
import type { Rule } from '../finding';

/**
 * Requires a `ResultPath` in each Catch that does not lead to a bare Fail: without one, the caught error replaces all
 * data.
 */
export const catchKeepsData: Rule = (machine) =>
  statesOf(machine, 'Task', 'Parallel', 'Map').flatMap(([state, fields]) =>
    fieldsOf(fields.Catch).flatMap((catcher) =>
      'ResultPath' in catcher || !usesJsonPath(machine, fields) || isBareFail(machine, catcher.Next)
        ? []
        : [
            {
              rule: 'catch-result-path',
              state,
              message: `${describeCatch(state, catcher)} has no ResultPath, so the error replaces the state's data: set one such as "$.error"`,
            },
          ],
    ),
  );

/** Returns whether a state is a Fail with literal texts, which does not need the data. */
function isBareFail(machine: Definition, name: unknown): boolean {
  const state = machine.states[String(name)];
  if (state?.Type !== 'Fail' || !usesJsonPath(machine, state)) return false;
  return state.ErrorPath === undefined && state.CausePath === undefined;
}
