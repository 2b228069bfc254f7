import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFiles } from '../../local/checksums';

test('rejects an unrecorded or changed jar by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-jars-'));
  try {
    expect(() => checkFiles(folder, 'jars.sha256')).not.toThrow();
    writeFileSync(join(folder, 'guava-31.1-jre.jar'), 'another file');
    expect(() => checkFiles(folder, 'jars.sha256')).toThrow(/^guava-31\.1-jre\.jar: SHA-256 [0-9a-f]{64} is not/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
