import { realpathSync } from 'node:fs';
import { readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { parseUri } from '@etl/lib/uri';
import { refusedPlaces } from '@etl/storage/checkPlace';
import { confineStore } from '@etl/storage/confinedStore';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { realUri } from '@etl/storage/realUri';
import { HostileWorld } from '../support/hostilePlaces';
import { randomFrom } from '../support/random';

const world = new HostileWorld();
afterAll(() => world.remove());

const refused = (kind: 'sources' | 'destinations', uri: string) =>
  refusedPlaces(world.places, [{ key: 'detail.s3Key', kind, uri }]);

describe('links', () => {
  test.each([...world.hostileFiles, ...world.hostileLinks])('the source %s is denied by its key', async (uri) =>
    expect(await refused('sources', uri)).toEqual([expect.stringMatching(/^detail\.s3Key: \S+ /)]),
  );
  test.each([...world.hostileDestinations, ...world.hostileDestinationLinks])(
    'the destination %s is denied',
    async (uri) => expect(await refused('destinations', uri)).toHaveLength(1),
  );
  test.each(['raw/ventas/dia.csv', 'raw/inside.csv', 'raw/not/there.csv', 'raw'])('%s is allowed', async (path) =>
    expect(await refused('sources', world.at(path))).toEqual([]),
  );

  test('the reason names the target of a link', async () => {
    expect(await refused('sources', world.at('raw/link.csv'))).toEqual([
      expect.stringContaining(`raw/link.csv leads to ${await realUri(world.at('secret/dia.csv'))}, which lies outside`),
    ]);
    expect(await refused('sources', world.at('raw/nowhere.csv'))).toEqual([
      expect.stringContaining('is reached by a broken link'),
    ]);
  });

  test('a base may be a link', async () => {
    const allowed = { sources: [world.at('clean/out')] };
    const at = (path: string) => refusedPlaces(allowed, [{ key: 'INPUT_FILE', kind: 'sources', uri: world.at(path) }]);
    expect(await at('clean/out/dia.csv')).toEqual([]);
    expect(await at('clean/out/../raw2/dia.csv')).toHaveLength(1);
  });
});

describe('a confined store', () => {
  const store = confineStore(openStore(), world.places);
  const uses: Record<string, (uri: string) => Promise<unknown>> = {
    head: (uri) => store.head(uri),
    openRead: (uri) => store.openRead(uri),
    readSmall: (uri) => store.readSmall(uri),
    list: async (uri) => {
      for await (const _ of store.list(uri)) break;
    },
    'copy from': (uri) => store.copy(uri, `${world.clean}/copy`),
    write: (uri) => store.write(uri, 'x'),
    writeIfAbsent: (uri) => store.writeIfAbsent(uri, 'x'),
    upload: (uri) => store.upload(join(world.folder, 'raw2', 'dia.csv'), uri),
    'copy to': (uri) => store.copy(`${world.raw}/ventas/dia.csv`, uri),
    remove: (uri) => store.remove(uri),
    removeUnfinished: (uri) => store.removeUnfinished(uri, new Date()),
  };
  const denied = expect.objectContaining({ code: 'AccessDenied' });

  test.each(Object.keys(uses))('%s cannot access places outside', async (use) => {
    for (const uri of [...world.hostileFiles, ...world.hostileLinks, ...world.hostileDestinationLinks])
      await expect(uses[use]?.(uri)).rejects.toEqual(denied);
    expect(await readFile(join(world.folder, 'secret', 'dia.csv'), 'utf8')).toContain('total');
  });

  test.each(['write', 'writeIfAbsent', 'upload', 'copy to', 'remove', 'removeUnfinished'])(
    '%s does not change a source',
    async (use) => expect(uses[use]?.(`${world.raw}/ventas/dia.csv`)).rejects.toEqual(denied),
  );

  test('has every operation of a store, and allows them inside', async () => {
    expect(Object.keys(store).sort()).toEqual(Object.keys(openStore()).sort());
    const open: ObjectStore = confineStore(openStore(), {});
    for (const each of [store, open]) {
      await each.copy(`${world.raw}/ventas/dia.csv`, `${world.clean}/a/b.csv`);
      expect(await each.head(`${world.clean}/a/b.csv`)).toMatchObject({ bytes: 15 });
      await each.remove(`${world.clean}/a/b.csv`);
    }
  });
});

/** Returns the real path of an existing or new file, independently of the code. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPathOf(above), path.slice(above.length + (above === sep ? 0 : 1)));
  }
}

test('no accepted random spelling leads outside the allowed prefixes', async () => {
  const random = randomFrom(20261201);
  const segments = [
    '..',
    '.',
    '',
    '%2e%2e',
    '%2E.',
    '..%2f',
    'raw',
    'RAW',
    'raw.',
    'ventas',
    'dia.csv',
    'out',
    'secret',
  ];
  const more = ['link.csv', 'inside.csv', 'nowhere.csv', 'circle.csv', 'clean', 'new', '%20', '_etl', 'a%00', '...'];
  const inside = {
    sources: realPathOf(join(world.folder, 'raw')),
    destinations: realPathOf(join(world.folder, 'clean')),
  };
  const accepted = { sources: 0, destinations: 0 };
  for (let round = 0; round < 4000; round++) {
    const kind = random.chance(0.5) ? 'sources' : 'destinations';
    const start = random.pick([`${world.folder}/${kind === 'sources' ? 'raw' : 'clean'}`, world.folder, '']);
    const path = Array.from({ length: random.below(6) }, () => random.pick(random.chance(0.7) ? segments : more));
    const uri = `${random.pick(['file://', 'file://localhost', 'FILE://', 'file:'])}${[start, ...path].join('/')}`;
    if ((await refused(kind, uri)).length > 0) continue;
    accepted[kind]++;
    const location = parseUri(uri);
    if (location?.kind !== 'file') throw new Error(`accepted: ${uri}`);
    const real = realPathOf(location.path).replace(/\/$/, '');
    if (real !== inside[kind] && !real.startsWith(`${inside[kind]}/`)) throw new Error(`${uri} leads to ${real}`);
  }
  for (const count of Object.values(accepted)) expect(count).toBeGreaterThan(100);
});

test('the store detects a link that is created after the check', async () => {
  const store = confineStore(openStore(), world.places);
  await store.write(`${world.clean}/later/a`, 'x');
  await rm(join(world.folder, 'clean', 'later'), { recursive: true });
  await symlink('../secret', join(world.folder, 'clean', 'later'));
  await expect(store.write(`${world.clean}/later/a`, 'x')).rejects.toMatchObject({ code: 'AccessDenied' });
});
