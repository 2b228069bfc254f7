import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '..', '..', 'workflows');
const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));

test('only workflows/handlers.ts sets handlers, so that each validates its input and throws no error', () => {
  const setting = files.filter((name) => /\bset(Default\w+)?Handler\(/.test(readFileSync(join(folder, name), 'utf8')));
  expect(setting).toEqual(['handlers.ts']);
});
