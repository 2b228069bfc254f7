import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '..', '..', 'workflows');
const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));

test('handlers are set in workflows/handlers.ts alone, so that each of them reads its input and lets no error out', () => {
  const setting = files.filter((name) => /\bset(Default\w+)?Handler\(/.test(readFileSync(join(folder, name), 'utf8')));
  expect(setting).toEqual(['handlers.ts']);
});
