import { clientException } from '../api/errors';
import type { Refusal, TaskRecord } from '../state/records';
import type { TaskFault } from '../state/taskFault';
import type { Dice } from './dice';
import type { Faults } from './faults';
import { type FaultRule, isCallRule, type TaskRule } from './plan';
import { isSelected, subjectOfTask } from './subject';
import { noCapacity, quotaReached } from './wording';

/** Longer than any timeout, but small enough for a date. */
const forEverMs = 1e12;

/**
 * Records the faults of a new task, or refuses the task for lack of capacity.
 * @throws EcsError for a quota that ECS reports as an error
 */
export function arrangeFaults(faults: Faults, record: TaskRecord): TaskRecord | Refusal {
  const subject = subjectOfTask(record);
  const provider = record.description.capacityProviderName ?? 'FARGATE';
  const isSpot = provider === 'FARGATE_SPOT';
  const isAbout = (rule: FaultRule): boolean => {
    if (rule.where && !isSelected(rule.where, subject)) return false;
    if (rule.fault === 'capacity') return isSpot || !rule.spotOnly;
    if (rule.fault === 'quota') return rule.provider === undefined || rule.provider === provider;
    return rule.fault !== 'spotInterruption' || isSpot || rule.anyTask;
  };
  // First, so that a task that is not started does not use up other rules.
  for (const { rule, note } of faults.draw((each): each is RoomRule => isRoomRule(each) && isAbout(each))) {
    note('RunTask', []);
    if (rule.fault === 'capacity') return { refused: noCapacity };
    if (rule.as === 'ClientException') throw clientException(quotaReached[rule.of]);
    return { refused: quotaReached[rule.of] };
  }
  let arranged = record;
  for (const { rule, dice, note } of faults.draw((each): each is RecordRule => isRecordRule(each) && isAbout(each))) {
    arranged = { ...arranged, ...change(arranged, rule, dice) };
    note('RunTask', [record.description.taskArn]);
  }
  return arranged;
}

/** Rules that refuse a task. */
type RoomRule = Extract<TaskRule, { fault: 'capacity' | 'quota' }>;
type RecordRule = Exclude<TaskRule, RoomRule>;

const isRoomRule = (rule: FaultRule): rule is RoomRule => rule.fault === 'capacity' || rule.fault === 'quota';
const isRecordRule = (rule: FaultRule): rule is RecordRule => !isCallRule(rule) && !isRoomRule(rule);

/** Returns the changes that a rule makes to the task's record. */
function change(record: TaskRecord, rule: RecordRule, dice: Dice): Partial<TaskRecord> {
  const { timings, hidden, faults = [] } = record;
  const later = (fault: TaskFault) => ({ faults: [...faults, fault] });
  switch (rule.fault) {
    case 'missing':
      return { hidden: { ...hidden, firstMs: rule.seconds * 1000 } };
    case 'expiredRecord':
      return { hidden: { ...hidden, afterStopMs: rule.seconds * 1000 } };
    case 'slowStart':
      return { timings: { ...timings, pendingMs: timings.pendingMs + rule.seconds * 1000 } };
    case 'stuckStart': {
      const phase = rule.status === 'PROVISIONING' ? 'provisioningMs' : 'pendingMs';
      return { timings: { ...timings, [phase]: forEverMs } };
    }
    case 'stuckStop': {
      const deprovisioningMs = rule.seconds === undefined ? forEverMs : rule.seconds * 1000;
      const { status, untilStopped } = rule;
      return { timings: { ...timings, deprovisioningMs }, stuckStop: { status, untilStopped } };
    }
    case 'failedStart':
      return { startFailure: rule.reason };
    case 'nullExitCode':
      return later({ fault: rule.fault, container: rule.container });
    case 'spotInterruption': {
      const { fault, noticeSeconds } = rule;
      return later({ fault, afterSeconds: dice.within(rule.afterSeconds), noticeSeconds });
    }
    case 'outOfMemory': {
      const { fault, exitCode, container } = rule;
      return later({ fault, afterSeconds: dice.within(rule.afterSeconds), exitCode, container });
    }
    case 'killed':
      return later({ fault: rule.fault, afterSeconds: dice.within(rule.afterSeconds), container: rule.container });
    case 'hostFailure':
      return later({ fault: rule.fault, afterSeconds: dice.within(rule.afterSeconds) });
    case 'slow': {
      const { fault, share, container } = rule;
      return later({ fault, afterSeconds: dice.within(rule.afterSeconds), share, container });
    }
    case 'stoppedBySomeone':
      return later({ fault: rule.fault, afterSeconds: dice.within(rule.afterSeconds), reason: rule.reason });
  }
}
