import type { TaskStore } from '../state/taskStore';
import { type CallRule, type FaultRule, isCallRule } from './plan';
import { isSelected, subjectsOfCall } from './subject';

/** Returns a filter for the rules that apply to this call. Reads the named tasks only if a rule has a `where`. */
export async function rulesOfCall(
  rules: readonly FaultRule[],
  operation: string,
  input: Record<string, unknown>,
  tasks: Pick<TaskStore, 'read'>,
): Promise<(rule: FaultRule) => rule is CallRule> {
  const isOfOperation = (rule: FaultRule): rule is CallRule =>
    isCallRule(rule) && (rule.operation ?? operation) === operation;
  const isSelective = rules.some((rule) => isOfOperation(rule) && rule.where !== undefined);
  const subjects = isSelective ? await subjectsOfCall(operation, input, tasks) : [];
  return (rule): rule is CallRule => {
    if (!isOfOperation(rule)) return false;
    const { where } = rule;
    return where === undefined || subjects.some((subject) => isSelected(where, subject));
  };
}
