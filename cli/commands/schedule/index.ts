import { Command } from 'commander';
import { createCommand } from './create';
import { deleteCommand } from './delete';
import { describeCommand } from './describe';
import { latenessCommand } from './lateness';
import { listCommand } from './list';
import { pauseCommand, resumeCommand } from './pause';
import { triggerCommand } from './trigger';

export function scheduleCommand(): Command {
  const schedule = new Command('schedule').description('manage the Temporal schedules that start nightlyBatch');
  const commands = [
    createCommand,
    listCommand,
    describeCommand,
    pauseCommand,
    resumeCommand,
    triggerCommand,
    deleteCommand,
    latenessCommand,
  ];
  for (const command of commands) schedule.addCommand(command().exitOverride());
  return schedule;
}
