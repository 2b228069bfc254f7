#!/usr/bin/env node
// In a fresh clone nothing is built yet: the first command sees to it.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// The SDK's word about Node versions to come is for who maintains this, not for who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Loading takes a second or more: who presses Ctrl-C meanwhile is answered as later on. Nothing has been started yet.
const interrupted = () => process.exit(130);
process.once('SIGINT', interrupted);

(async () => {
  if (!existsSync(join(__dirname, '..', 'dist', 'cli', 'main.js'))) {
    const { ensureInstalled } = await import('../scripts/lib/ensure-installed.mjs');
    await ensureInstalled();
  }
  const { main } = require('../dist/cli/main.js');
  process.removeListener('SIGINT', interrupted);
  await main(process.argv);
})();
