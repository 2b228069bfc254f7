import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forecast } from '../../../cli/batch/dryRun';
import { batchRequest } from '../../../cli/batch/request';
import type { RequestOptions } from '../../../cli/batch/requestOptions';
import { describeForecast } from '../../../cli/batch/showForecast';
import { command } from '../../support/processes';

const etl = (args: string[], env: NodeJS.ProcessEnv) => command(process.execPath, ['cli/etl.js', ...args], env);

describe('a dry run of a backfill, without a Temporal server or a worker', () => {
  let folder: string;
  let raw: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'etl-backfill-'));
    raw = join(folder, 'ventas');
    mkdirSync(raw);
    for (const name of ['a_2026-02-01', 'b_2026-02-01', 'a_2026-02-03', 'a_2026-02-09', 'undated', '_not_2026-02-01']) {
      writeFileSync(join(raw, `${name}.csv`), 'id,name\n1,x\n');
    }
    env = { TEMPORAL_ADDRESS: '127.0.0.1:9', S3_CLEAN_BUCKET: `file://${folder}/lake` };
    Object.assign(process.env, env);
    const delivered = ['convert', join(raw, 'a_2026-02-01.csv'), '--out', join(folder, 'lake'), '--date', '2026-02-01'];
    expect(await etl(delivered, env)).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const asked = (options: RequestOptions = {}, to = '2026-02-03') =>
    forecast(batchRequest(raw, options, { from: '2026-02-01', to, priority: 5 }));

  test('reports by day, with delivered and rejected files', async () => {
    const text = etl(['backfill', raw, '--from', '2026-02-01', '--to', '2026-02-03', '--dry-run'], env);
    const [all, otherOptions] = await Promise.all([asked(), asked({ match: 'a_*', options: '{"chunkRows":10}' })]);
    const { size } = statSync(join(raw, 'a_2026-02-01.csv'));
    expect(all).toEqual({
      ...{ destination: `file://${folder}/lake`, askedTemporal: false },
      days: [
        { batchDate: '2026-02-01', run: 1, bytes: size, skipped: { delivered: 1 } },
        { batchDate: '2026-02-02', run: 0, bytes: 0, skipped: {} },
        { batchDate: '2026-02-03', run: 1, bytes: size, skipped: {} },
      ],
      refused: [{ uri: `file://${raw}/undated.csv`, reason: expect.stringContaining('has no date') }],
      ...{ files: 4, minFiles: 1, leftOut: { day: 1, hidden: 1 }, notFiles: [] },
    });
    // A batch with other options does not count as delivered.
    expect(otherOptions.days[0]).toMatchObject({ run: 1, skipped: {} });
    expect(await text).toEqual({ exitCode: 0, stderr: '', stdout: `${describeForecast(all).join('\n')}\n` });
  });

  test('only Temporal knows which runs failed', async () => {
    await expect(asked({ mode: 'failed' })).rejects.toThrow('cannot reach a Temporal server');
  });

  test('an invalid request is rejected before anything is listed', async () => {
    expect(() => asked({}, '2026-01-01')).toThrow('to: "2026-01-01" is before from');
    expect(() => asked({ options: '{"colums":{}}' })).toThrow('detail.colums: unknown key');
    expect(() => asked({ match: '{day}.csv' })).toThrow('unknown placeholder {day}');
    const { exitCode, stderr } = await etl(['backfill', raw, '--from', '2026-02-30', '--to', '2026-03-01'], env);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('--from 2026-02-30 is not a calendar date');
  });
});
