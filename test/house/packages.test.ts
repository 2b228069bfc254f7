import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

interface Package {
  readonly version?: string;
  readonly workspaces?: string[];
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly engines?: Record<string, string>;
}

const workspaces = read<Package>('package.json').workspaces ?? [];
const manifests = ['.', ...workspaces, 'test'].map((folder) => join(folder, 'package.json'));

test.each(manifests)('%s has exact versions and the same Node version', (path) => {
  const { dependencies = {}, devDependencies = {}, engines } = read<Package>(path);
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+[\w.-]*$/);
  expect(engines).toEqual({ node: '>=20.20' });
});

test('all packages and the newest release in the changelog have the same version', () => {
  const versions = manifests.map((path) => read<Package>(path).version);
  const [, released] =
    /^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$/m.exec(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')) ?? [];
  expect(new Set([...versions, released]).size).toBe(1);
  for (const path of manifests) {
    const { dependencies = {} } = read<Package>(path);
    const ours = Object.entries(dependencies).filter(([name]) => name.startsWith('@etl/'));
    expect(ours.filter(([, version]) => version !== released)).toEqual([]);
  }
});

test('all packages require the same version of a dependency', () => {
  const versions = new Map<string, Set<string>>();
  for (const path of manifests) {
    const { dependencies = {}, devDependencies = {} } = read<Package>(path);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  expect([...versions].filter(([, { size }]) => size > 1)).toEqual([]);
});
