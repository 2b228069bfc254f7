import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly workspaces?: string[];
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly engines?: Record<string, string>;
}
interface Lock {
  readonly packages: Record<string, { resolved?: string; link?: boolean; license?: string }>;
}

const workspaces = read<Package>('package.json').workspaces ?? [];
const manifests = ['.', ...workspaces].map((folder) => join(folder, 'package.json'));

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

const { packages } = read<Lock>('package-lock.json');
const installed = Object.keys(packages).filter((path) => path.includes('node_modules/') && !packages[path]?.link);

test('the lockfile does not name a registry', () => {
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter((path) => packages[path]?.resolved?.startsWith('http'))).toEqual([]);
});

const permissive = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'CC0-1.0',
  'CC-BY-4.0',
  'BlueOak-1.0.0',
  'Unlicense',
  'Python-2.0',
  'Zlib',
]);

/** Evaluates an SPDX expression: OR needs one permissive licence, AND needs all. */
function isPermissive(license: string): boolean {
  const plain = license.replace(/[()]/g, '');
  if (plain.includes(' OR ')) return plain.split(' OR ').some(isPermissive);
  return plain.split(' AND ').every((part) => permissive.has(part.trim()));
}

/** Packages that declare their licence only in their LICENSE file. */
const inFile: Record<string, string> = { 'node_modules/unionfs': 'Unlicense', 'node_modules/khroma': 'MIT' };

test('every dependency has a permissive licence', () => {
  const others = installed.flatMap((path) => {
    const manifest = join(path, 'package.json');
    if (!existsSync(join(root, manifest))) return []; // optional, for another platform
    const { license = inFile[path] ?? 'none' } = read<Package>(manifest);
    return isPermissive(String(license)) ? [] : [`${path}: ${license}`];
  });
  expect(others).toEqual([]);
});

test('the licence check rejects other licences', () => {
  expect(['GPL-3.0', 'MIT AND GPL-2.0', 'none'].filter(isPermissive)).toEqual([]);
  expect(isPermissive('(MIT OR GPL-2.0)')).toBe(true);
});
