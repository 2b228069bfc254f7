import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionCut, EcsError, serverException } from '../api/errors';
import type { Handle } from '../http/handle';
import type { TaskStore } from '../state/taskStore';
import { rulesOfCall } from './callRules';
import type { Faults } from './faults';
import type { CallRule, FaultRule } from './plan';
import { taskNames } from './subject';
import { credentialsRefused } from './wording';

type ErrorRule = Exclude<CallRule, { fault: 'skewedClock' }>;

/** Injects faults into calls: the first rule of the plan that hits. `closing` aborts delays. */
export function withFaults(
  handle: Handle,
  faults: Faults,
  tasks: Pick<TaskStore, 'read'>,
  closing: AbortSignal,
): Handle {
  return async (operation, input) => {
    const isAbout = await rulesOfCall(faults.rules(), operation, input, tasks);
    const isErrorRule = (rule: FaultRule): rule is ErrorRule => isAbout(rule) && rule.fault !== 'skewedClock';
    const [hit] = first(faults.draw(isErrorRule));
    if (!hit) return handle(operation, input);
    const { rule, note } = hit;
    const named = taskNames(input);
    switch (rule.fault) {
      case 'serverError':
        note(operation, named);
        throw serverException('Service Unavailable. Please try again later.');
      case 'throttling':
        note(operation, named);
        throw new EcsError(rule.as, rule.message);
      case 'credentials': {
        note(operation, named);
        const { as, status, message = credentialsRefused(as, operation, Date.now()) } = rule;
        throw new EcsError(as, message, {}, status);
      }
      case 'slowResponse': {
        const output = await handle(operation, input);
        note(operation, [...named, ...arnsIn(output)]);
        await delay(rule.seconds * 1000, undefined, { signal: closing }).catch(() => undefined);
        return output;
      }
      case 'lostResponse': {
        const output = await handle(operation, input).catch(() => ({}));
        note(operation, [...named, ...arnsIn(output)]);
        throw new ConnectionCut();
      }
    }
  };
}

function first<T>(drawn: Generator<T>): T[] {
  const { value, done } = drawn.next();
  return done ? [] : [value];
}

/** Returns the ARNs of the tasks that RunTask has started. */
function arnsIn(output: object): string[] {
  const { tasks = [] } = output as { tasks?: { taskArn?: string }[] };
  return tasks.flatMap(({ taskArn }) => taskArn ?? []);
}
