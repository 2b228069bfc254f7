import { openStore } from '@etl/storage/openStore';
import { gated } from '../../storage/support/gates';
import { Bench } from '../../support/container';
import { commits, leftovers, seen } from './support/batch';
import { deliverHere } from './support/inProcess';

test.each([
  ['the next generation', { RUN_ID: 'run', GENERATION: '2' }],
  ['another run', { RUN_ID: 'other', GENERATION: '1' }],
])(
  'the event of a finished batch once more, for %s: a note, and nothing is converted or committed',
  async (_who, who) => {
    const bench = await Bench.create();
    try {
      const path = await bench.file('in.csv', `a,b\n${'1,x\n'.repeat(50)}`);
      const settings = { RUN_STARTED_AT: '2026-02-08T01:00:00Z', CHUNK_ROWS: '10' };
      await deliverHere(bench, path, { ...settings, RUN_ID: 'run' });
      const before = await commits(bench);
      const done: string[] = [];
      const store = gated(openStore(), async (operation, uri) => void done.push(`${operation} ${uri}`));
      const changes = { ...settings, ...who, RUN_STARTED_AT: '2026-02-08T02:00:00Z' };
      const { status, manifest, log } = await deliverHere(bench, path, changes, {}, store);
      expect([status, manifest.runId]).toEqual(['already', 'run']);
      const notes = log.filter(({ event }) => event === 'note');
      expect(notes.map(({ text }) => text)).toEqual([expect.stringContaining('nothing to do')]);
      expect(done.filter((each) => /^(upload|copy|writeIfAbsent)/.test(each))).toEqual([]);
      // Reads only the head of the source, to check that it is CSV.
      expect(done.filter((each) => each.startsWith('openRead'))).toHaveLength(1);
      expect([await commits(bench), await seen(bench), await leftovers(bench)]).toEqual([before, 'run', []]);
    } finally {
      await bench.remove();
    }
  },
);
