import type { GlueClient, Table } from '@aws-sdk/client-glue';
import { newTable } from '../../../../aws/sinks/glue/table';
import { targetOf } from '../../../../aws/sinks/glue/target';
import { createGlueSink } from '../../../../aws/sinks/glue/writer';
import { destination, sampleCommit, sampleSink } from './support';

const failure = (name: string, message = name) => Object.assign(new Error(message), { name });
const table = (): Table => {
  const commit = sampleCommit();
  return { ...newTable(targetOf(commit, sampleSink()), commit), Name: 'ventas' };
};

/** Checks the sink with these answers, and returns the calls that it made and the line. */
async function check(answers: Readonly<Record<string, object | Error>>, dataset = 'ventas') {
  const calls: string[] = [];
  const client = {
    send: async ({ constructor: { name } }: object) => {
      const call = name.replace(/Command$/, '');
      calls.push(call);
      const answer = answers[call];
      if (answer instanceof Error) throw answer;
      return answer ?? {};
    },
  } as unknown as GlueClient;
  const line = createGlueSink(client).check?.(sampleSink({ table: 'ventas' }), { name: dataset, destination });
  return { line: await line, calls };
}

const database = { GetDatabase: { Database: { Name: 'lago' } } };

test('reads the database and the table, and changes nothing', async () => {
  expect(await check({ ...database, GetTable: { Table: table() } })).toEqual({
    line: 'lago.ventas has 1 column',
    calls: ['GetDatabase', 'GetTable'],
  });
});

test('a missing table is created by the first commit', async () => {
  const { line } = await check({ ...database, GetTable: failure('EntityNotFoundException') });
  expect(line).toBe('lago.ventas does not exist yet: the first commit creates it');
});

test.each<[string, Parameters<typeof check>, string]>([
  [
    'a missing database',
    [{ GetDatabase: failure('EntityNotFoundException') }],
    'database lago does not exist. Create it',
  ],
  [
    'a denied call',
    [{ GetDatabase: failure('AccessDeniedException', 'not authorized to perform: glue:GetDatabase') }],
    'Grant the role of the worker glue:GetDatabase',
  ],
  [
    'a table of another dataset',
    [{ ...database, GetTable: { Table: table() } }, 'compras'],
    'belongs to dataset ventas. Set another table with sink key table',
  ],
])('%s is a SinkError with its remedy', async (_what, args, message) => {
  await expect(check(...args)).rejects.toMatchObject({ name: 'SinkError', message: expect.stringContaining(message) });
});
