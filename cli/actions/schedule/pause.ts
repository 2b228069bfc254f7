import { find } from '../../schedule/find';
import { printResult, withClient } from '../../withClient';

export interface PauseOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

export async function set(name: string, paused: boolean, { reason, json }: PauseOptions): Promise<void> {
  const note = reason ?? (paused ? 'paused by etl schedule pause' : 'resumed by etl schedule resume');
  await withClient(async (client) => {
    const { handle } = await find(client, name);
    await (paused ? handle.pause(note) : handle.unpause(note));
    printResult(json, { name, paused, note }, [`Schedule ${name} is ${paused ? 'paused' : 'resumed'}: ${note}`]);
  });
}
