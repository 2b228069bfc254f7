import type { ClockSkew } from '../ecs/server';
import type { TaskStore } from '../ecs/taskStore';
import { rulesOfCall } from './callRules';
import type { Faults } from './faults';
import type { CallRule, FaultRule } from './plan';
import { taskNames } from './subject';

type ClockRule = Extract<CallRule, { fault: 'skewedClock' }>;

const isClockRule = (rule: FaultRule): rule is ClockRule => rule.fault === 'skewedClock';

/** Faults of the clock of an answer. They add up, and come beside the one fault that the call itself may meet. */
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
