import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(__dirname, '..', '..');

const definition = ['lib', 'ecs', 'pipeline'];

/** What a folder, or a part of it, may import; `types` only by `import type`. CONTRIBUTING.md has the same table. */
const house: Record<string, { may: string[]; types?: string[] }> = {
  lib: { may: [] },
  ecs: { may: ['lib'] },
  fargate: { may: ['lib', 'ecs'] },
  pipeline: { may: definition.slice(0, 2) },
  storage: { may: ['lib', 'pipeline'] },
  'etl-image': { may: ['lib', 'pipeline', 'storage'] },
  workflows: { may: definition, types: ['activities'] },
  activities: { may: [...definition, 'storage'] },
  // A port's error class is part of the port.
  aws: { may: [...definition, 'storage', 'activities/ports'], types: ['activities'] },
  local: {
    may: [...definition, 'fargate', 'storage', 'config', 'aws/taskDefinitionRegistrar'],
    types: ['activities'],
  },
  client: { may: [...definition, 'storage', 'config'], types: ['workflows'] },
  report: { may: definition },
  'step-functions/definition': { may: definition },
  'step-functions/lint': { may: ['lib', 'step-functions/definition'] },
  'step-functions/lambdas': { may: ['lib', 'pipeline', 'storage', 'etl-image', 'activities', 'aws/sinks', 'config'] },
  'step-functions/interpreter': {
    may: ['lib', 'pipeline', 'local', 'step-functions/definition'],
    types: ['activities'],
  },
  'step-functions/compare': {
    may: [
      ...[...definition, 'storage', 'config', 'activities', 'local', 'client'],
      ...['step-functions/definition', 'step-functions/lambdas', 'step-functions/interpreter'],
    ],
  },
  config: { may: [...definition, 'storage', 'aws/kmsDataKey'] },
  workers: {
    may: [...definition, 'storage', 'config', 'activities', 'aws', 'local', 'workflows', 'client/night'],
  },
  api: { may: ['config', 'client', 'workers', 'workflows'] },
  cli: {
    may: [
      ...[
        'lib',
        'pipeline',
        'storage',
        'config',
        'etl-image',
        'activities',
        'fargate',
        'local',
        'client',
        'workers',
        'report',
      ],
      ...['step-functions/definition', 'step-functions/lint', 'step-functions/compare'],
    ],
    types: ['workflows'],
  },
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const packages: Record<string, string> = {
  lib: 'lib',
  ecs: 'ecs',
  fargate: 'fargate',
  pipeline: 'pipeline',
  storage: 'storage',
  image: 'etl-image',
};

/** Returns a source's imports of this repository: paths from the root, without extensions. */
function importsOf(file: string, text: string): Import[] {
  const pattern =
    /(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|(?:require|import|resolve)\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].flatMap(([, type, statement, call]) => {
    const specifier = statement ?? call ?? '';
    const ours = /^@etl\/(\w+)\/(.+)$/.exec(specifier);
    if (!ours && !specifier.startsWith('.')) return [];
    const folder = packages[ours?.[1] ?? ''];
    const to = folder ? join(folder, 'src', ours?.[2] ?? '') : normalize(join(dirname(file), specifier));
    return [{ from: file, to, typeOnly: type !== undefined }];
  });
}

/** Returns why an import is not allowed; undefined for an allowed one. */
function problemOf({ from, to, typeOnly }: Import): string | undefined {
  const folderOf = (path: string) => Object.keys(house).find((folder) => path.startsWith(`${folder}/`)) ?? '';
  const home = folderOf(from);
  if (home === folderOf(to)) return undefined;
  const { may = [], types = [] } = house[home] ?? {};
  const allowed = [...may, ...(typeOnly ? types : [])];
  if (allowed.some((each) => to === each || to.startsWith(`${each}/`))) return undefined;
  return `${from} imports ${typeOnly ? 'types of ' : ''}${to}`;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'dist' || name === 'node_modules') return [];
    if (statSync(join(root, path)).isDirectory()) return sources(path);
    return /\.ts$/.test(name) ? [path] : [];
  });
}

const files = Object.keys(house).flatMap(sources);
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));

test('no import points against the allowed direction', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(imports.flatMap((each) => problemOf(each) ?? [])).toEqual([]);
});

test('CONTRIBUTING.md has the same table', () => {
  const rows = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').matchAll(/^\| `([\w/-]+)\/` \|.*\| ([^|]*) \|$/gm);
  const names = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).sort();
  const documented = [...rows].map(([, folder = '', cell = '']) => {
    const [may, types] = cell.split('; types of ');
    return [folder, { may: names(may), types: names(types) }];
  });
  const sorted = Object.entries(house).map(([folder, { may, types = [] }]) => [
    folder,
    { may: [...may].sort(), types: [...types].sort() },
  ]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(sorted));
});

/** Folders and files of a package, bottom up: each may import earlier ones. docs/architecture.md describes them. */
const layersOf: Record<string, string[]> = {
  // The container's layers follow the bytes.
  'etl-image': [
    ...['errors', 'wasm', 'config', 'report', 'version'],
    ...['source', 'csv', 'types', 'parquet', 'quality', 'engine', 'chunks', 'task', 'shards', 'publish'],
    ...['perform', 'launch', 'program', 'main', 'health'],
  ],
  // The endpoint declares hooks, and the faults implement them.
  fargate: ['api', 'state', 'run', 'http', 'endpoint', 'faults', 'supervisor'],
};

test.each(Object.entries(layersOf))('no layer of %s imports a layer above it', (name, layers) => {
  const source = `${name}/src/`;
  const layerOf = (path: string) => /^[^/.]+/.exec(path.slice(source.length))?.[0] ?? '';
  const upward = imports.flatMap(({ from, to }) => {
    if (!from.startsWith(source) || !to.startsWith(source)) return [];
    const [at, target] = [layerOf(from), layerOf(to)].map((layer) => layers.indexOf(layer));
    return at === undefined || target === undefined || at < 0 || target < 0 || at < target ? [`${from} -> ${to}`] : [];
  });
  expect(imports.some(({ from }) => from.startsWith(source))).toBe(true);
  expect(upward).toEqual([]);
});

test('no imports are circular', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) {
    const target = files.find((file) => file === `${to}.ts` || file === join(to, 'index.ts'));
    const key = from;
    if (target) next.set(key, [...(next.get(key) ?? []), target]);
  }
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const each of next.get(file) ?? []) visit(each, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test('imports zod as a namespace, so that a bundler drops unused parts such as its texts in fifty languages', () => {
  const named = files.filter((file) => /import \{[^}]*\} from 'zod'/.test(readFileSync(join(root, file), 'utf8')));
  expect(named).toEqual([]);
});

describe('the import check', () => {
  test.each<[string, string, string, boolean]>([
    [
      'rejects a workflow that imports activities',
      'workflows/x.ts',
      "import { createActivities } from '../activities';",
      true,
    ],
    [
      'accepts a workflow that imports types of activities',
      'workflows/x.ts',
      "import type { A } from '../activities/contract';",
      false,
    ],
    ['rejects pipeline that imports storage', 'pipeline/src/x.ts', "import { a } from '@etl/storage/publish';", true],
    ['accepts storage that imports lib', 'storage/src/x.ts', "import { a } from '@etl/lib/uri';", false],
    ['rejects local that imports aws dynamically', 'local/x.ts', "const a = await import('../aws/y');", true],
    [
      'accepts aws that imports an error of a port',
      'aws/x.ts',
      "import { TaskRunnerError } from '../activities/ports';",
      false,
    ],
    [
      'rejects aws that imports an activity',
      'aws/x.ts',
      "import { launchTask } from '../activities/launchTask';",
      true,
    ],
    [
      'rejects the image that exports activities',
      'etl-image/src/x.ts',
      "export * from '../../activities/ports';",
      true,
    ],
    ['accepts imports of external packages', 'pipeline/src/x.ts', "import { z } from 'zod';", false],
  ])('%s', (_what, file, text, refused) => {
    expect(importsOf(file, text).some((each) => problemOf(each) !== undefined)).toBe(refused);
  });
});
