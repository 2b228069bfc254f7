import type { Fields } from '../../fields';
import { isActivity, resourceOf, tasksOf } from '../definition';
import type { Rule } from '../finding';

/**
 * Requires that a heartbeat is shorter than the timeout, and that a task with an external worker has one.
 * @see Amazon States Language, "Task State"
 */
export const heartbeats: Rule = (machine) =>
  tasksOf(machine).flatMap(([state, fields]) => {
    const message = problem(fields);
    return message === undefined ? [] : [{ rule: 'heartbeat', state, message }];
  });

function problem(state: Fields): string | undefined {
  const { HeartbeatSeconds: heartbeat, HeartbeatSecondsPath, TimeoutSeconds: timeout } = state;
  if (heartbeat === undefined && HeartbeatSecondsPath === undefined) {
    if (!isWorkedElsewhere(state)) return undefined;
    return 'who works at it may die, and only a heartbeat tells: give it HeartbeatSeconds';
  }
  if (typeof heartbeat !== 'number' || typeof timeout !== 'number' || heartbeat < timeout) return undefined;
  return `HeartbeatSeconds (${heartbeat}) is not below TimeoutSeconds (${timeout}), which is refused: lower it`;
}

/** Returns whether an external worker completes the task. */
const isWorkedElsewhere = (state: Fields): boolean =>
  isActivity(state) || resourceOf(state).endsWith('.waitForTaskToken');
