import type { Client } from '@temporalio/client';
import { compareSchedules } from '../../../cli/dataset/schedules';

test('leaves a schedule alone that no declaration created, and names the next step', async () => {
  const handle = { describe: () => Promise.resolve({ memo: {} }) };
  const client = { schedule: { getHandle: () => handle } } as unknown as Client;
  const declaration = { source: { pattern: 'ventas/*.csv' }, schedule: { at: '02:30' } };
  const dataset = { name: 'ventas', declaration, hash: '0', file: 'datasets/ventas.yaml' };
  expect(await compareSchedules(client, [dataset], 'ignore')).toEqual([
    {
      name: 'ventas',
      action: 'foreign',
      differences: [
        expect.stringMatching(
          /^no declaration created it: delete it with .* schedule delete ventas, then apply again$/,
        ),
      ],
    },
  ]);
});
