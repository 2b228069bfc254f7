import { Command } from 'commander';
import type { DiscardOptions, ListOptions, RedriveOptions } from '../actions/dlq';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/dlq') => require('../actions/dlq');

export function dlqCommand(): Command {
  const list = new Command('list')
    .description('show the dead letters, one for each event; they stay where they are')
    .option('--limit <n>', 'so many at most', positiveInteger, 100)
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => action().listLetters(options));
  const again = new Command('redrive')
    .description('start the events of dead letters again; a letter is removed once its run is started')
    .argument('[id...]', 'letters, by the IDs that `etl dlq list` shows')
    .option('--all', 'all of them')
    .option('--dry-run', 'only say what would be started')
    .option('--limit <n>', 'look through so many letters at most', positiveInteger, 1000)
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: RedriveOptions) => action().redriveLetters(ids, options));
  const discard = new Command('discard')
    .description('remove dead letters, and with them their events, for good')
    .argument('[id...]', 'letters, by the IDs that `etl dlq list` shows')
    .option('--all', 'all of them')
    .option('--yes', 'do not ask whether to')
    .option('--limit <n>', 'look through so many letters at most', positiveInteger, 1000)
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: DiscardOptions) => action().discardLetters(ids, options));
  return new Command('dlq')
    .description('events that failed: look at them, start them again, discard them')
    .addCommand(list.exitOverride())
    .addCommand(again.exitOverride())
    .addCommand(discard.exitOverride());
}
