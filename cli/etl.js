#!/usr/bin/env node
// Installs and builds a fresh clone on the first command.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// The AWS SDK's warning about future Node.js versions concerns maintainers, not users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

(async () => {
  if (!existsSync(join(__dirname, '..', 'dist', 'cli', 'main.js'))) {
    const { ensureInstalled } = await import('../scripts/lib/ensure-installed.mjs');
    await ensureInstalled();
  }
  const { main } = require('../dist/cli/main.js');
  await main(process.argv);
})();
