import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { maxInlineOptions } from '@etl/pipeline/container';
import { languages } from '@etl/pipeline/messages/languages';
import { handler } from '../../../step-functions/lambdas/validateInput';
import { manyColumns, TemporaryLake } from './support';

let lake: TemporaryLake;
beforeEach(() => {
  lake = new TemporaryLake();
  lake.put('ventas/ventas_2026_02.csv', 'id,total\n1,2.5\n2,3.5\n');
});
afterEach(() => lake.remove());

const validate = (detail: object) => handler({ event: { detail } });
const detail = { s3Key: 'ventas/ventas_2026_02.csv', batchDate: '2026-02-08' };

test('returns the plan, the batch and the container options of a valid event', async () => {
  const answer = await validate({ ...detail, dialect: { delimiter: ',' } });
  expect(answer).toMatchObject({
    valid: true,
    batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' },
    plan: { source: { uri: `${lake.raw}/${detail.s3Key}`, bytes: 21 }, destination: lake.clean, warnings: [] },
    options: '{"dialect":{"delimiter":","}}',
  });
});

test('stores long options at the returned URI', async () => {
  const answer = await validate({ ...detail, columns: manyColumns });
  if (!answer.valid) throw new Error(answer.reasons.join());
  expect(JSON.stringify(answer.plan.options).length).toBeGreaterThan(maxInlineOptions);
  expect(answer.options).toBe(
    `${lake.clean}/_etl/ventas/2026-02-08/ventas_2026_02/options/${answer.plan.optionsHash}.json`,
  );
  expect(JSON.parse(readFileSync(fileURLToPath(answer.options), 'utf8'))).toEqual({ columns: manyColumns });
});

test('returns the reasons and every part of the batch for an invalid event', async () => {
  expect(await validate({ ...detail, s3Key: 'ventas/none.csv' })).toMatchObject({
    valid: false,
    reasons: [expect.stringContaining('the object does not exist')],
    batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'none' },
  });
});

test.each([['not an event'], [null], [{}], [[1]]])('returns an answer for %j, which is not an event', async (event) => {
  const answer = await handler({ event });
  const { unknown } = languages.es;
  expect(answer).toMatchObject({ valid: false, batch: { dataset: unknown, batchDate: unknown, source: unknown } });
  if (!answer.valid) expect(answer.reasons.length).toBeGreaterThan(0);
});

test('returns warnings for options that the machine does not support', async () => {
  const answer = await validate({ ...detail, compute: { spot: true, cpu: 1024, memory: 4096 } });
  if (!answer.valid) throw new Error(answer.reasons.join());
  expect(answer.plan.warnings).toEqual([
    expect.stringContaining('compute.cpu and compute.memory'),
    expect.stringContaining('compute.spot'),
  ]);
});

test('throws BadConfiguration for an invalid configuration', async () => {
  process.env.S3_CLEAN_BUCKET = 'gs://elsewhere';
  await expect(validate(detail)).rejects.toMatchObject({
    name: 'BadConfiguration',
    message: expect.stringContaining('S3_CLEAN_BUCKET'),
  });
});
