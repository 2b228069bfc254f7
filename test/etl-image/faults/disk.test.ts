import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Bench, type ContainerRun } from '../../support/container';
import { commits, leftovers, seen, shas } from './support/batch';
import { deliverHere } from './support/inProcess';
import { canMount, mountTmpfs } from './support/tmpfs';

const withTmpfs = canMount() ? describe : describe.skip;
// The old batch comes from a file in another folder.
const settings = {
  RUN_ID: 'run',
  RUN_STARTED_AT: '2026-02-08T02:00:00Z',
  CHUNK_ROWS: '50',
  REPLACES: 'file:///',
};

withTmpfs('a full disk', () => {
  let bench: Bench;
  let mounted: ReturnType<typeof mountTmpfs>[];
  beforeEach(async () => {
    bench = await Bench.create();
    mounted = [];
  });
  afterEach(async () => {
    for (const each of mounted) each.unmount();
    await bench.remove();
  });
  const mount = (path: string, options: string) => {
    const disk = mountTmpfs(path, options);
    mounted.push(disk);
    return disk;
  };
  /** Checks exit code 74 with two lines: cause and remedy. */
  const expectFull = ({ exitCode, stderr }: ContainerRun, place: string) => {
    const lines = stderr.trim().split('\n');
    expect({ exitCode, lines }).toEqual({
      exitCode: 74,
      lines: [expect.stringContaining(place), 'Free some space, or give the task more ephemeral storage'],
    });
  };
  /** Text that Parquet does not compress much. */
  const line = (n: number, bytes: number) => `${n},${randomBytes(bytes / 2).toString('hex')}\n`;
  const csv = `n,text\n${Array.from({ length: 200 }, (_, n) => line(n, 2000)).join('')}`;

  test('fails before the conversion if scratch space is insufficient, else completes', async () => {
    const scratch = join(bench.folder, 'scratch');
    const disk = mount(scratch, 'size=100k');
    const path = await bench.file('in.csv', csv);
    const run = await bench.run(path, { ...settings, SCRATCH_DIR: scratch });
    expectFull(run, scratch);
    expect(run.stderr).toMatch(/scratch space for 2 parts of 50 rows is about 1 MB, but 1 MB are free/);
    expect(run.stdout).not.toContain('"parts":1');
    expect([await seen(bench), await commits(bench)]).toEqual(['nothing', []]);
    disk.grow('size=4m');
    const again = await bench.run(path, { ...settings, SCRATCH_DIR: scratch, GENERATION: '2' });
    expect([again.exitCode, await seen(bench)]).toEqual([0, 'run']);
  });

  test('fails when scratch space fills up within a part, because later rows are longer', async () => {
    const scratch = join(bench.folder, 'scratch');
    const disk = mount(scratch, 'size=2m');
    // The first part, including the sample, has short rows.
    const rows = Array.from({ length: 60_000 }, (_, n) => line(n, n >= 40_000 && n < 41_000 ? 4000 : 10));
    const path = await bench.file('in.csv.gz', gzipSync(`n,text\n${rows.join('')}`, { level: 1 }));
    const changes = { ...settings, CHUNK_ROWS: '30000', SCRATCH_DIR: scratch };
    const run = await bench.run(path, changes);
    expect([run.exitCode, await seen(bench), await commits(bench)]).toEqual([74, 'nothing', []]);
    disk.grow('size=16m');
    const again = await bench.run(path, { ...changes, GENERATION: '2' });
    expect([again.exitCode, again.last.status, await seen(bench)]).toEqual([0, 'committed', 'run']);
    expect(again.last.manifest).toMatchObject({ reused: 1, totals: { rowsRead: 60_000, rowsWritten: 60_000 } });
    expect(await leftovers(bench)).toEqual([]);
    expectFull(run, scratch);
  });

  test.each([
    ['in the first part', 'size=120k', 0],
    ['in a later part', 'size=420k', 1],
    ['of files, with bytes left', 'size=900k,nr_inodes=34', 1],
  ])(
    'a destination that is full %s: the old batch stays, and a rerun with room completes',
    async (_where, size, least) => {
      const whole = await Bench.create();
      const path = await bench.file('in.csv', csv);
      const { manifest: undisturbed } = await deliverHere(whole, path, settings);
      await whole.remove();
      const lake = join(bench.folder, 'lake');
      await mkdir(lake);
      const disk = mount(lake, size);
      const old = await Bench.create();
      const before = { RUN_ID: 'before', RUN_STARTED_AT: '2026-02-08T01:00:00Z' };
      await deliverHere(old, await old.file('in.csv', 'a\n1\n'), before);
      cpSync(join(old.folder, 'lake'), lake, { recursive: true });
      await old.remove();
      const run = await bench.run(path, settings);
      expectFull(run, 'file://');
      expect(run.stderr).toContain(lake);
      expect([await seen(bench), (await commits(bench)).length]).toEqual(['before', 1]);
      disk.grow('size=16m,nr_inodes=1000');
      const again = await bench.run(path, { ...settings, GENERATION: '2' });
      expect([again.exitCode, again.last.status, await seen(bench)]).toEqual([0, 'committed', 'run']);
      expect(again.last.manifest && shas(again.last.manifest)).toEqual(shas(undisturbed));
      expect(again.last.manifest?.reused).toBeGreaterThanOrEqual(least);
      expect(await leftovers(bench)).toEqual([]);
    },
  );

  test('the batch is complete whichever file does not fit into the destination', async () => {
    const small = `n\n${Array.from({ length: 4 }, (_, n) => `${n}\n`).join('')}`;
    const path = await bench.file('in.csv', small);
    const lake = join(bench.folder, 'lake');
    const ends: (number | null)[] = [];
    const wrong: string[] = [];
    for (let inodes = 4; ends.at(-1) !== 0 && inodes < 80; inodes += 4) {
      const disk = mountTmpfs(lake, `size=4m,nr_inodes=${inodes}`);
      try {
        const run = await bench.run(path, { ...settings, CHUNK_ROWS: '2' });
        ends.push(run.exitCode);
        const visible = await seen(bench).catch(String);
        const right = run.exitCode === 0 ? ['run'] : ['nothing', 'run'];
        if (!right.includes(visible) || ![0, 74].includes(run.exitCode ?? -1))
          wrong.push(`${inodes}: ${visible} ${run.stderr}`);
        disk.grow('nr_inodes=1000');
        await deliverHere(bench, path, { ...settings, CHUNK_ROWS: '2', GENERATION: '2' });
        if ((await seen(bench)) !== 'run') wrong.push(`${inodes}, again`);
      } finally {
        disk.unmount();
      }
    }
    expect(wrong).toEqual([]);
    expect(ends.at(-1)).toBe(0);
    expect(ends.length).toBeGreaterThan(4);
  });
});
