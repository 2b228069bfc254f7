import type { ClockSkew } from '../http/server';
import type { TaskStore } from '../state/taskStore';
import { rulesOfCall } from './callRules';
import type { Faults } from './faults';
import type { CallRule, FaultRule } from './plan';
import { taskNames } from './subject';

type ClockRule = Extract<CallRule, { fault: 'skewedClock' }>;

const isClockRule = (rule: FaultRule): rule is ClockRule => rule.fault === 'skewedClock';

/** Returns the clock skew of a response. Clock faults add up, and combine with the one fault of the call itself. */
export function clockSkew(faults: Faults, tasks: Pick<TaskStore, 'read'>): ClockSkew {
  return async (operation, input) => {
    const rules = faults.rules().filter(isClockRule);
    if (rules.length === 0) return 0;
    const isAbout = await rulesOfCall(rules, operation, input, tasks);
    let seconds = 0;
    for (const { rule, note } of faults.draw((each): each is ClockRule => isClockRule(each) && isAbout(each))) {
      note(operation, taskNames(input));
      seconds += rule.seconds;
    }
    return seconds * 1000;
  };
}
