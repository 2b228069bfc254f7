import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './policies/needs';

const read = (file: string): string => readFileSync(join(__dirname, '..', '..', file), 'utf8');

/** An image is compiled, so it also needs the files of which it imports only types. */
test.each([
  ['workers/Dockerfile', 'workers/main.ts'],
  ['etl-image/Dockerfile', 'etl-image/src/program.ts'],
])('%s copies every folder that %s imports', (dockerfile, entry) => {
  const folders = [...new Set(filesOf(entry, true).map((file) => file.split('/')[0] ?? ''))].sort();
  expect(folders.length).toBeGreaterThan(2);
  const copied = [...read(dockerfile).matchAll(/^COPY (\S+) \1$/gm)].map(([, folder]) => folder);
  expect(folders.filter((folder) => !copied.includes(folder))).toEqual([]);
  const ignored = read('.dockerignore').split('\n');
  expect(folders.filter((folder) => !ignored.includes(`!${folder}`))).toEqual([]);
});
