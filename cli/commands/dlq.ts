import { Command } from 'commander';
import type { DiscardOptions, ListOptions, RedriveOptions } from '../actions/dlq';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/dlq') => require('../actions/dlq');

export function dlqCommand(): Command {
  const list = new Command('list')
    .description('list the dead letters, one per event, without removing them')
    .option('--limit <n>', 'maximum number of letters to read', positiveInteger, 100)
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => action().listLetters(options));
  const redrive = new Command('redrive')
    .description('start the events of dead letters again, and remove each letter once its run has started')
    .argument('[id...]', 'letter IDs, as printed by etl dlq list')
    .option('--all', 'select all letters')
    .option('--dry-run', 'print what would start, and exit')
    .option('--limit <n>', 'maximum number of letters to read', positiveInteger, 1000)
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: RedriveOptions) => action().redriveLetters(ids, options));
  const discard = new Command('discard')
    .description('delete dead letters and their events')
    .argument('[id...]', 'letter IDs, as printed by etl dlq list')
    .option('--all', 'select all letters')
    .option('--yes', 'do not ask for confirmation')
    .option('--limit <n>', 'maximum number of letters to read', positiveInteger, 1000)
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: DiscardOptions) => action().discardLetters(ids, options));
  return new Command('dlq')
    .description('list, redrive and discard the dead letters of failed events')
    .addCommand(list.exitOverride())
    .addCommand(redrive.exitOverride())
    .addCommand(discard.exitOverride());
}
