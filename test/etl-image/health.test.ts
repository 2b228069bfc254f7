import { readdirSync, readFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Bench } from '../support/container';
import { command, root } from '../support/processes';
import { until } from '../support/system';

const sample = readFileSync(join(root, 'samples', 'task-definition.json'), 'utf8');
const { healthCheck } = (JSON.parse(sample) as { etl: { healthCheck: { command: string[] } } }).etl;
const [kind, program = '', ...args] = healthCheck.command;

// ECS runs the health check of the task definition, not that of the image.
describe('the health check of the task definition', () => {
  test('equals that of the image', () => {
    const dockerfile = readFileSync(join(root, 'etl-image', 'Dockerfile'), 'utf8');
    const written = [program, ...args].map((word) => JSON.stringify(word)).join(', ');
    expect(kind).toBe('CMD');
    expect(dockerfile).toMatch(/^HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD \[/m);
    expect(dockerfile).toContain(`CMD [${written}]`);
    expect(healthCheck).toMatchObject({ intervalSeconds: 30, timeoutSeconds: 5, startPeriodSeconds: 60, retries: 3 });
  });

  test('passes while the program works, and fails before, when it hangs, and after it exits', async () => {
    const bench = await Bench.create();
    // The image has the folders of the repository.
    const check = async () => (await command(program, args, { SCRATCH_DIR: bench.folder })).exitCode;
    const scratch = () => readdirSync(bench.folder).find((name) => name.startsWith('etl-scratch-'));
    try {
      expect(await check()).toBe(1);
      const rows = Array.from({ length: 200_000 }, (_, n) => `${n},text ${n}`);
      const file = await bench.file('long.csv', `a,b\n${rows.join('\n')}\n`);
      const { child, ended } = bench.start(bench.environment(file, { CHUNK_ROWS: '100' }));
      await until('a heartbeat', 20, () => scratch() !== undefined);
      expect(await check()).toBe(0);
      child.kill('SIGSTOP');
      await utimes(join(bench.folder, scratch() ?? ''), new Date(), new Date(Date.now() - 60_000));
      expect(await check()).toBe(1);
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      expect((await ended).exitCode).toBe(143);
      expect(await check()).toBe(1);
    } finally {
      await bench.remove();
    }
  });
});
