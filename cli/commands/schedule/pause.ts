import { Command } from 'commander';
import { find } from '../../schedule/find';
import { say, withClient } from '../../withClient';

interface PauseOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

export function pauseCommand(): Command {
  return new Command('pause')
    .description('start nothing at the times of a schedule until it is resumed; what runs goes on')
    .argument('<name>', 'name of the schedule')
    .option('--reason <text>', 'kept as the note of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: PauseOptions) => set(name, true, options));
}

export function resumeCommand(): Command {
  return new Command('resume')
    .description('have a paused schedule go on; times that passed meanwhile are not made up for')
    .argument('<name>', 'name of the schedule')
    .option('--reason <text>', 'kept as the note of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: PauseOptions) => set(name, false, options));
}

async function set(name: string, paused: boolean, { reason, json }: PauseOptions): Promise<void> {
  const note = reason ?? (paused ? 'paused by etl schedule pause' : 'resumed by etl schedule resume');
  await withClient(async (client) => {
    const { handle } = await find(client, name);
    await (paused ? handle.pause(note) : handle.unpause(note));
    say(json, { name, paused, note }, [`Schedule ${name} is ${paused ? 'paused' : 'going on'}: ${note}`]);
  });
}
