import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionCut, EcsError, serverException } from '../ecs/errors';
import type { Handle } from '../ecs/handle';
import type { TaskStore } from '../ecs/taskStore';
import type { Faults } from './faults';
import { type CallRule, type FaultRule, isCallRule } from './plan';
import { isMeant, subjectsOfCall, taskNames } from './subject';

/** ECS with faults on its calls: the first rule of the plan that hits. `closing` ends what is only slow. */
export function withFaults(
  handle: Handle,
  faults: Faults,
  tasks: Pick<TaskStore, 'read'>,
  closing: AbortSignal,
): Handle {
  return async (operation, input) => {
    if (!faults.isOn()) return handle(operation, input);
    const subjects = await subjectsOfCall(operation, input, tasks);
    const applies = (rule: FaultRule): rule is CallRule => {
      if (!isCallRule(rule) || (rule.operation ?? operation) !== operation) return false;
      const { where } = rule;
      return where === undefined || subjects.some((subject) => isMeant(where, subject));
    };
    const [hit] = first(faults.draw(applies));
    if (!hit) return handle(operation, input);
    const { rule, note } = hit;
    const named = taskNames(input);
    switch (rule.fault) {
      case 'serverError':
        note(operation, named);
        throw serverException('Service Unavailable. Please try again later.');
      case 'throttling':
        note(operation, named);
        throw new EcsError(rule.as, 'Rate exceeded');
      case 'slowResponse': {
        const answer = await handle(operation, input);
        note(operation, [...named, ...arnsIn(answer)]);
        await delay(rule.seconds * 1000, undefined, { signal: closing }).catch(() => undefined);
        return answer;
      }
      case 'lostResponse': {
        const answer = await handle(operation, input).catch(() => ({}));
        note(operation, [...named, ...arnsIn(answer)]);
        throw new ConnectionCut();
      }
    }
  };
}

function first<T>(drawn: Generator<T>): T[] {
  const { value, done } = drawn.next();
  return done ? [] : [value];
}

/** The tasks that RunTask has started. */
function arnsIn(answer: object): string[] {
  const { tasks = [] } = answer as { tasks?: { taskArn?: string }[] };
  return tasks.flatMap(({ taskArn }) => taskArn ?? []);
}
