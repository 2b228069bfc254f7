import { Command } from 'commander';
import type { DiscardOptions, ListOptions, RedriveOptions } from '../actions/dlq';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/dlq') => require('../actions/dlq');

export function dlqCommand(): Command {
  const list = new Command('list')
    .description('list the dead letters, one for each event, without removing them')
    .option('--limit <n>', 'maximum number of letters to receive', positiveInteger, 100)
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => action().listLetters(options));
  const again = new Command('redrive')
    .description('start the events of dead letters again; a letter is removed once its run has started')
    .argument('[id...]', 'IDs of letters, from etl dlq list')
    .option('--all', 'select all letters')
    .option('--dry-run', 'show what would start and exit')
    .option('--limit <n>', 'maximum number of letters to receive', positiveInteger, 1000)
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: RedriveOptions) => action().redriveLetters(ids, options));
  const discard = new Command('discard')
    .description('delete dead letters and their events')
    .argument('[id...]', 'IDs of letters, from etl dlq list')
    .option('--all', 'select all letters')
    .option('--yes', 'do not ask for confirmation')
    .option('--limit <n>', 'maximum number of letters to receive', positiveInteger, 1000)
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: DiscardOptions) => action().discardLetters(ids, options));
  return new Command('dlq')
    .description('list, redrive and discard the dead letters of failed events')
    .addCommand(list.exitOverride())
    .addCommand(again.exitOverride())
    .addCommand(discard.exitOverride());
}
