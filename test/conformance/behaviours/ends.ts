import { behaviour } from '../behaviour';
import { exitCodeOf, scripts, unstartable } from '../world';

/** @see Amazon ECS Developer Guide, "Task lifecycle" */
const order = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** @see Amazon ECS API, StopTask and Task; Amazon ECS Developer Guide, "Stopped task error messages" */
export const ends = [
  behaviour('a task passes through its states in order, with timestamps in order', async (trial) => {
    const seen: string[] = [];
    const arn = await trial.run({ script: scripts.exitLater(0) });
    const task = await trial.until(arn, 'STOPPED', seen);
    expect(seen).toEqual(order.filter((status) => seen.includes(status)));
    expect(seen).toContain('RUNNING');
    const times = [task.createdAt, task.pullStartedAt, task.startedAt, task.executionStoppedAt, task.stoppedAt];
    expect(times.map((time) => time instanceof Date)).toEqual(times.map(() => true));
    expect([...times].sort((a, b) => Number(a) - Number(b))).toEqual(times);
  }),
  ...[0, 3].map((code) =>
    behaviour(`a program that ends with ${code} is EssentialContainerExited with exit code ${code}`, async (trial) => {
      const task = await trial.ended(await trial.run({ script: scripts.exit(code) }));
      expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', desiredStatus: 'STOPPED' });
      expect(exitCodeOf(task)).toBe(code);
    }),
  ),
  behaviour('a program that ends has the stopped reason "Essential container in task exited"', async (trial) => {
    const task = await trial.ended(await trial.run({ script: scripts.exit(0) }));
    expect(task.stoppedReason).toBe('Essential container in task exited');
  }),
  behaviour('a stopped task has the stop code UserInitiated and the reason of StopTask', async (trial) => {
    const arn = await trial.run({ script: scripts.untilTerminated });
    await trial.until(arn, 'RUNNING');
    expect(await trial.stop(arn, 'first')).toMatchObject({ taskArn: arn, desiredStatus: 'STOPPED' });
    expect(await trial.ended(arn)).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'first' });
  }),
  behaviour('StopTask of a STOPPED task succeeds and changes nothing', async (trial) => {
    const arn = await trial.run({ script: scripts.exit(3) });
    await trial.ended(arn);
    expect(await trial.stop(arn, 'too late')).toMatchObject({ taskArn: arn, lastStatus: 'STOPPED' });
    const task = await trial.task(arn);
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited' });
    expect(task.stoppedReason).not.toBe('too late');
    expect(exitCodeOf(task)).toBe(3);
  }),
  behaviour('StopTask ends a task that has not started, without an exit code', async (trial) => {
    const arn = await trial.run({ script: scripts.untilTerminated });
    await trial.stop(arn);
    const task = await trial.ended(arn);
    expect(task.stopCode).toBe('UserInitiated');
    // The task may have started in the meantime.
    expect([undefined, 143]).toContain(exitCodeOf(task));
  }),
  behaviour('StopTask sends SIGKILL after the stop timeout: exit code 137', async (trial) => {
    const arn = await trial.run({ script: scripts.stubborn, more: { stopTimeout: 2 } });
    await trial.listening(arn);
    await trial.stop(arn);
    expect(exitCodeOf(await trial.ended(arn))).toBe(137);
  }),
  behaviour('a stopping task is not STOPPED before its program has ended', async (trial) => {
    const arn = await trial.run({ script: scripts.endsSlowly });
    await trial.listening(arn);
    await trial.stop(arn);
    const { stoppingAt, executionStoppedAt } = await trial.ended(arn);
    expect(Number(executionStoppedAt) - Number(stoppingAt)).toBeGreaterThan(0);
  }),
  behaviour('a failed image pull has the stop code TaskFailedToStart and no exit code', async (trial) => {
    const task = await trial.ended(await trial.run(unstartable));
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect([task.startedAt, exitCodeOf(task)]).toEqual([undefined, undefined]);
  }),
  behaviour('a failed image pull has the stopped reason CannotPullContainerError', async (trial) => {
    const task = await trial.ended(await trial.run(unstartable));
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: /);
  }),
  behaviour('a missing secret has the stop code TaskFailedToStart and ResourceInitializationError', async (trial) => {
    const valueFrom = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:none';
    const task = await trial.ended(
      await trial.run({ script: scripts.exit(0), more: { secrets: [{ name: 'S', valueFrom }] } }),
    );
    expect(task.stopCode).toBe('TaskFailedToStart');
    expect(task.stoppedReason).toMatch(/^ResourceInitializationError: /);
  }),
];
