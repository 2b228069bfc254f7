import { find } from '../../schedule/find';
import { printResult, withClient } from '../../withClient';

export interface DeleteOptions {
  readonly json?: boolean;
}

export async function remove(name: string, { json }: DeleteOptions): Promise<void> {
  await withClient(async (client) => {
    const { handle, description } = await find(client, name);
    await handle.delete();
    const running = description.info.runningActions.map(({ workflow }) => workflow.workflowId);
    printResult(json, { name, deleted: true, running }, [
      `Schedule ${name} is deleted.`,
      ...running.map((workflowId) => `still running: ${workflowId}`),
    ]);
  });
}
