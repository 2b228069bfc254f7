// npm run chaos: the random walk of test/chaos, as long as you like.
//   --runs N   how many runs (default 1000)
//   --seed S   another seed is another day (default: the time)
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
process.env.ETL_CHAOS_RUNS = values.runs;
process.env.ETL_CHAOS_SEED = values.seed;
process.argv.splice(2, process.argv.length, 'test/chaos');
await import('./test.mjs');
