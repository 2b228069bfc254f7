// npm run chaos: runs the random walk of test/chaos.
//   --runs N   number of runs (default 1000)
//   --seed S   seed of the random numbers (default: derived from the time)
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
