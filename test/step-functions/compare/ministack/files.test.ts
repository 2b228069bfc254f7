import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { uploadDeclarations } from '../../../../step-functions/compare/ministack/files';
import { createMemoryStore } from '../../../support/memoryStore';

test('declarations are uploaded without their sinks, and otherwise unchanged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'etl-declarations-'));
  try {
    const sinks = 'sinks:\n  catalog: { type: glue, database: lago }\n';
    await writeFile(join(folder, 'ventas.yaml'), `# Sales\nsource:\n  pattern: ventas/*.csv\n${sinks}chunkRows: 7\n`);
    await writeFile(join(folder, 'plain.json'), '{"source":{"pattern":"plain/*.csv"}}');
    await writeFile(join(folder, 'broken.yaml'), `source: [\n${sinks}`);
    const store = createMemoryStore();
    await uploadDeclarations(store, fileUri(folder), 's3://raw/_datasets');
    expect(Object.fromEntries(store.objects)).toEqual({
      's3://raw/_datasets/ventas.yaml': '# Sales\nsource:\n  pattern: ventas/*.csv\nchunkRows: 7\n',
      's3://raw/_datasets/plain.json': '{"source":{"pattern":"plain/*.csv"}}',
      's3://raw/_datasets/broken.yaml': `source: [\n${sinks}`,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
