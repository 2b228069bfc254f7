import { type GlueSink, glueSinkSchema, type Projection } from '@etl/pipeline/sinks/glue';
import { checkProjected, projectionParameters } from '../../../../aws/sinks/glue/projection';
import { evolvedTable, newTable } from '../../../../aws/sinks/glue/table';
import { targetOf } from '../../../../aws/sinks/glue/target';
import { type SampleCommit, sampleCommit, sampleSink } from './support';

const projecting = (projection: Projection): GlueSink => sampleSink({ projection });

test('queries name the source, if the sink does not declare the sources', () => {
  const sink = { ...projecting({ from: '2024-01-01' }), partitions: { batchDate: 'dia' } };
  expect(projectionParameters(targetOf(sampleCommit(), sink))).toEqual({
    'projection.enabled': 'true',
    'projection.dia.type': 'date',
    'projection.dia.format': 'yyyy-MM-dd',
    'projection.dia.range': '2024-01-01,NOW+1DAY',
    'projection.dia.interval': '1',
    'projection.dia.interval.unit': 'DAYS',
    'projection.source.type': 'injected',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena replaces the placeholders.
    'storage.location.template': 's3://clean/lago/ventas/batch_date=${dia}/source=${source}/',
  });
});

test('declared sources are an enumeration', () => {
  const sink = projecting({ from: '2024-01-01', sources: ['norte', 'año'] });
  expect(projectionParameters(targetOf(sampleCommit(), sink))).toMatchObject({
    'projection.source.type': 'enum',
    'projection.source.values': 'norte,año',
  });
});

test.each([
  [{ from: '2026-02-09' }, 'batch date 2026-02-08 is before projection.from, 2026-02-09. Set an earlier date.'],
  [{ from: '2026-02-08', sources: ['sur'] }, 'source norte is not in projection.sources. Add it.'],
])('refuses a batch that %j hides', (projection, message) => {
  const commit = sampleCommit();
  expect(() => checkProjected(targetOf(commit, projecting(projection)), commit)).toThrow(message);
});

describe('a table with projection', () => {
  const tableOf = (commit: SampleCommit, sink = projecting({ from: '2024-01-01' })) => {
    const sample = sampleCommit(commit);
    const table = newTable(targetOf(sample, sink), sample);
    return { ...table, Name: 'ventas' };
  };
  const evolve = (
    table: ReturnType<typeof tableOf>,
    commit: SampleCommit,
    sink = projecting({ from: '2024-01-01' }),
  ) => {
    const sample = sampleCommit(commit);
    return evolvedTable(table, targetOf(sample, sink), sample);
  };

  test('is changed when the declaration changes, and not otherwise', () => {
    expect(evolve(tableOf({}), {})).toBeUndefined();
    const changed = evolve(tableOf({}), {}, projecting({ from: '2023-01-01' }));
    expect(changed?.Parameters?.['projection.batch_date.range']).toBe('2023-01-01,NOW+1DAY');
  });

  test('can be made of a table with registered partitions', () => {
    const changed = evolve(tableOf({}, sampleSink()), {});
    expect(changed?.Parameters).toMatchObject({ 'projection.enabled': 'true', classification: 'parquet' });
  });

  test.each([
    ['int32', 'integer'],
    ['integer', 'int32'],
  ] as const)('has no column that is %s in some files and %s in others', (was, is) => {
    expect(() => evolve(tableOf({ schema: { a: was } }), { schema: { a: is } })).toThrow('which cannot be combined');
  });
});

test.each([
  [{ projection: { from: '2026-02-30' } }, 'is not a calendar date'],
  [{ projection: { from: '2026-02-01', sources: ['a,b'] } }, 'is not a source'],
  [{ partitions: { batchDate: 'source' } }, 'needs two different names'],
])('the declaration %j is refused', (changes, message) => {
  const { error } = glueSinkSchema.safeParse({ type: 'glue', database: 'lago', ...changes });
  expect(error?.issues[0]?.message).toContain(message);
});
