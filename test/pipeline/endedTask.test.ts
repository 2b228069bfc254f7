import { endedForGood, failureOf } from '@etl/pipeline/failures/classify';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';

const ended = (end: Partial<TaskEnd>): TaskEnd => ({ taskArn: 'arn:1', status: 'ended', logTail: [], ...end });

test.each<[string, Partial<TaskEnd>, string | undefined, boolean]>([
  ['exit code 0', { exitCode: 0 }, undefined, true],
  ['exit code 0 with EssentialContainerExited', { exitCode: 0, stopCode: 'EssentialContainerExited' }, undefined, true],
  ['no exit code yet', {}, undefined, false],
  ['bad data', { exitCode: 65 }, 'BadData', true],
  ['held data', { exitCode: 76 }, 'Held', true],
  ['a failure that a retry may resolve', { exitCode: 74 }, 'TaskFailed', false],
  ['a Spot interruption', { exitCode: 0, stopCode: 'SpotInterruption' }, 'SpotInterruption', false],
  ['a stop by another caller', { exitCode: 143, stopCode: 'UserInitiated' }, 'TaskStopped', false],
  ['an unknown stop code', { exitCode: 0, stopCode: 'New' }, 'HostFailure', false],
])('classifies a container that has ended before its task: %s', (_what, end, failed, isForGood) => {
  expect(failureOf(ended(end))).toBe(failed);
  expect(endedForGood(ended(end))).toBe(isForGood);
});

test('a STOPPED task needs an exit code, and exit code 0 also needs a stop code', () => {
  const stopped = (end: Partial<TaskEnd>): TaskEnd => ({ ...ended(end), status: 'stopped' });
  expect(failureOf(stopped({}))).toBe('ExitCodeMissing');
  expect(failureOf(stopped({ exitCode: 0 }))).toBe('HostFailure');
});
