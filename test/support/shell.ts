import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { command, type Ended, root } from './processes';
import { etl } from './system';

/**
 * `npx etl` as a function of bash: sends its folder, its state folder and its words to a port, and prints the answer. Only
 * `etl up` is a process of its own, because it starts others.
 */
const npx = (port: number): string => `
npx() {
  if [ "$2" = up ]; then node '${join(root, 'cli', 'etl.js')}' "\${@:2}"; return; fi
  local code size
  exec 3<>/dev/tcp/127.0.0.1/${port}
  printf '%s\\0' $# "$PWD" "\${ETL_STATE_DIR-}" "\${@:2}" >&3
  read -r code size <&3
  head -c "$size" <&3
  cat <&3 >&2
  exec 3>&-
  return "$code"
}
`;

/** Answers one command with a line of its exit code and the bytes of its output, its output and its errors. */
async function answer(socket: Socket, env: NodeJS.ProcessEnv): Promise<void> {
  let words: string[] = [];
  let received = '';
  while (words.length === 0 || words.length < Number(words[0]) + 2) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received += chunk;
    words = received.split('\0').slice(0, -1);
  }
  const [, cwd, ETL_STATE_DIR = '', ...args] = words;
  const { exitCode, stdout, stderr } = await etl(args, { ...env, ETL_STATE_DIR }, cwd);
  socket.end(`${exitCode} ${Buffer.byteLength(stdout)}\n${stdout}${stderr}`);
}

/** Runs a script in bash. Its `npx etl` commands cost less than processes: see `etl`. */
export async function shell(script: string, env: NodeJS.ProcessEnv = {}, cwd = root): Promise<Ended> {
  const server = createServer((socket) => {
    answer(socket, env).catch((error) => socket.end(`70 0\n${error}\n`));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await command('bash', ['-euo', 'pipefail', '-c', `${npx(port)}\n${script}`], env, cwd);
  } finally {
    server.close();
  }
}
