import { Command } from 'commander';
import { find } from '../../schedule/find';
import { say, withClient } from '../../withClient';

export function deleteCommand(): Command {
  return new Command('delete')
    .description('remove a schedule; a batch that it has started goes on')
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print one JSON object')
    .action(remove);
}

async function remove(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  await withClient(async (client) => {
    const { handle, description } = await find(client, name);
    await handle.delete();
    const running = description.info.runningActions.map(({ workflow }) => workflow.workflowId);
    say(json, { name, deleted: true, running }, [
      `Schedule ${name} is deleted.`,
      ...running.map((workflowId) => `still running: ${workflowId}`),
    ]);
  });
}
