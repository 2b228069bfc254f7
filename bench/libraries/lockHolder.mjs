// usage: lockHolder.mjs KIND FILE LIBRARIES HOLD_MS STALE_MS AT. Waits until AT (milliseconds since the epoch), tries to take a lock, prints the result, and holds it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const [kind, file, libraries, holdMs, stale, at] = process.argv.slice(2);
const take = kind === 'ours' ? ours() : properLockfile();
await sleep(Math.max(0, Number(at) - Date.now()));
const release = await take();
console.log(release ? 'took' : 'busy');
if (release) {
  await sleep(Number(holdMs));
  // proper-lockfile rejects the release of a lock that another process has taken meanwhile.
  await release().catch(() => undefined);
}

function ours() {
  const { tryLock } = createRequire(join(root, 'package.json'))('./dist/local/lockFile.js');
  return async () => (await tryLock(file, {})).release;
}

function properLockfile() {
  const { lock } = createRequire(join(libraries, 'package.json'))('proper-lockfile');
  const options = { realpath: false, stale: Number(stale), onCompromised: () => undefined };
  return () => lock(file, options).catch(() => undefined);
}
