#!/usr/bin/env node
// In a fresh clone nothing is built yet: the first command sees to it.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// The SDK's word about Node versions to come is for who maintains this, not for who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

(async () => {
  if (!existsSync(join(__dirname, '..', 'dist', 'cli', 'main.js'))) {
    const { ensureInstalled } = await import('../scripts/lib/ensure-installed.mjs');
    await ensureInstalled();
  }
  const { main } = require('../dist/cli/main.js');
  await main(process.argv);
})();
