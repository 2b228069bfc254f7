import { parseArgs } from 'node:util';
import { openGate } from './gate';

const usage = `Usage: node dist/local/gate/main.js [--ui PORT=HOST:PORT]… [--api PORT=HOST:PORT]…
  --ui   opens a gate on PORT for a server with its own web pages
  --api  opens a gate on PORT for a server that browsers must not reach`;

/**
 * Runs the gates of docker-compose.yml: they listen on all interfaces of the container, but accept only loopback names.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { ui: { type: 'string', multiple: true }, api: { type: 'string', multiple: true } },
  });
  for (const [kind, routes = []] of Object.entries(values)) {
    for (const route of routes) {
      const [, port, host = '', targetPort] = /^(\d+)=([^:]+):(\d+)$/.exec(route) ?? [];
      if (port === undefined) throw new Error(`--${kind} ${route}: expected PORT=HOST:PORT`);
      const target = { host, port: Number(targetPort) };
      await openGate({ port: Number(port), host: '0.0.0.0', target, hasPages: kind === 'ui' });
    }
  }
}

// Node as process 1 of a container has no default signal handlers.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(0));

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n${usage}\n`);
  process.exit(64);
});
