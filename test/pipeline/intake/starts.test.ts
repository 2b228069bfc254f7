import { parseEvent } from '@etl/pipeline/event';
import type { IntakeRule } from '@etl/pipeline/intake/rule';
import { startsOf } from '@etl/pipeline/intake/starts';
import { created, onEventBridge, type S3Object, s3Object, sns } from '../../support/s3Events';

const utc: IntakeRule = { timeZone: 'UTC' };
const startsFor = (message: unknown, rule: IntakeRule = utc, messageId = 'm1') =>
  startsOf(JSON.stringify(message), messageId, rule, 's3://raw-data-lake');
const idOf = (object: Partial<S3Object> & { key: string }, eventTime?: string) =>
  startsFor(created(s3Object(object), 'ObjectCreated:Put', eventTime)).starts[0]?.workflowId;

describe('a landed file', () => {
  test('becomes a valid event under a workflow ID that names the batch', () => {
    const { starts, problems } = startsFor(created(s3Object({ key: 'ventas/ventas_2026-02-07.csv' })));
    expect(problems).toEqual([]);
    expect(starts).toHaveLength(1);
    const [start] = starts;
    expect(start?.event).toEqual({
      detail: { s3Key: 's3://raw-data-lake/ventas/ventas_2026-02-07.csv', batchDate: '2026-02-07' },
    });
    expect(parseEvent(start?.event).ok).toBe(true);
    expect(start?.workflowId).toMatch(/^etl\/ventas\/2026-02-07\/ventas_2026-02-07\/[0-9a-f]{12}$/);
  });

  test('takes its date from the event time, in the time zone of the rule, when its key has none', () => {
    const message = created(s3Object({ key: 'ventas/ventas.csv' }));
    const dayWith = (timeZone: string) => startsFor(message, { timeZone }).starts[0]?.batch.batchDate;
    expect(dayWith('UTC')).toBe('2026-02-08');
    expect(dayWith('Europe/Madrid')).toBe('2026-02-09');
    expect(dayWith('America/Bogota')).toBe('2026-02-08');
  });

  test('is a problem when neither its key nor its event has a date', () => {
    const message = { landed: { uri: 'file:///in/v.csv', key: 'v.csv', mark: '1' } };
    expect(startsFor(message)).toEqual({
      starts: [],
      ignored: [],
      problems: ['file:///in/v.csv: neither its key nor its event has a date'],
    });
  });

  test('receives the shared detail of the rule, which also determines the batch', () => {
    const rule = { ...utc, detail: { dataset: 'sales', dialect: { delimiter: ';' } } };
    const [start] = startsFor(created(s3Object({ key: 'x/v.csv' })), rule).starts;
    expect(start?.event).toMatchObject({ detail: { dataset: 'sales', dialect: { delimiter: ';' } } });
    expect(start?.workflowId).toMatch(/^etl\/sales\//);
  });

  test.each<[string, Partial<IntakeRule>, string | undefined]>([
    ['ventas/v.csv', {}, undefined],
    ['ventas/v.CSV.gz', {}, undefined],
    ['ventas/v.tsv.zst', {}, undefined],
    ['ventas/', {}, 'folder'],
    ['ventas/_SUCCESS', {}, 'hidden'],
    ['ventas/_temporary/0/v.csv', {}, 'hidden'],
    ['ventas/.v.csv', {}, 'hidden'],
    ['ventas/v.parquet', {}, 'otherName'],
    ['ventas/v.csv.part', {}, 'otherName'],
    ['ventas/v.csv', { prefix: 'ventas/' }, undefined],
    ['other/v.csv', { prefix: 'ventas/' }, 'otherPrefix'],
    ['_in/v.csv', { prefix: '_in/' }, undefined],
    ['_in/_v.csv', { prefix: '_in/' }, 'hidden'],
    ['ventas/v_1.csv', { prefix: 'ventas/v' }, undefined],
    ['ventas/v_1.csv', { prefix: 'ventas/v_' }, undefined],
    ['ventas/v.log', { match: 'v.*' }, undefined],
    ['ventas/vXlog', { match: 'v.*' }, 'otherName'],
    ['ventas/v1.csv', { match: 'v?.csv' }, undefined],
    ['ventas/v12.csv', { match: 'v?.csv' }, 'otherName'],
    ['ventas/_v.csv', { match: '*' }, 'hidden'],
  ])('%s with %j', (key, changes, reason) => {
    const { starts, ignored } = startsFor(created(s3Object({ key })), { ...utc, ...changes });
    expect(ignored.map((each) => each.reason)).toEqual(reason === undefined ? [] : [reason]);
    expect(starts).toHaveLength(reason === undefined ? 1 : 0);
  });

  test('is started even if it is empty, since the pipeline reports that', () => {
    expect(startsFor(created(s3Object({ key: 'v.csv', size: 0 }))).starts).toHaveLength(1);
  });
});

describe('workflow IDs of repeated messages', () => {
  const key = 'ventas/v_2026-02-08.csv';

  test('depend on the object version if there is one, in every message format', () => {
    const id = idOf({ key, versionId: 'v1' });
    expect(idOf({ key, versionId: 'v1', sequencer: 'other', eTag: 'other' })).toBe(id);
    expect(startsFor(onEventBridge({ key, 'version-id': 'v1' })).starts[0]?.workflowId).toBe(id);
    expect(startsFor(sns(created(s3Object({ key, versionId: 'v1' })))).starts[0]?.workflowId).toBe(id);
    expect(idOf({ key, versionId: 'v2' })).not.toBe(id);
  });

  test('without versions, are equal for a redelivery and differ for a rewrite of the same content', () => {
    const id = idOf({ key, eTag: 'e1', sequencer: '01' });
    expect(idOf({ key, eTag: 'e1', sequencer: '01' })).toBe(id);
    expect(idOf({ key, eTag: 'e1', sequencer: '03' })).not.toBe(id);
    expect(idOf({ key, eTag: 'e1', sequencer: '01', versionId: 'null' })).toBe(id);
    expect(startsFor(onEventBridge({ key, etag: 'e1', sequencer: '01' })).starts[0]?.workflowId).toBe(id);
  });

  test('without a sequencer, depend on the event time', () => {
    const [first, second] = ['2026-02-08T01:00:00.000Z', '2026-02-08T02:00:00.000Z'];
    const object = { key, size: 5, eTag: 'e1' };
    const idAt = (time: string) => startsFor(created(object, 'ObjectCreated:Put', time)).starts[0]?.workflowId;
    expect(idAt(first)).toBe(idAt(first));
    expect(idAt(first)).not.toBe(idAt(second));
  });

  test('differ for two files of the same batch', () => {
    const [one, other] = [idOf({ key: 'a/ventas/v_2026-02-08.csv' }), idOf({ key: 'b/ventas/v_2026-02-08.csv' })];
    expect(one).not.toBe(other);
  });

  test('of an event of this pipeline are one per message, or per EventBridge ID', () => {
    const event = { detail: { s3Key: 'ventas/v.csv', batchDate: '2026-02-08' } };
    const idOfOurs = (message: unknown, messageId: string) => startsFor(message, utc, messageId).starts[0]?.workflowId;
    expect(idOfOurs(event, 'm1')).toBe(idOfOurs(event, 'm1'));
    expect(idOfOurs(event, 'm1')).not.toBe(idOfOurs(event, 'm2'));
    expect(idOfOurs({ id: 'e', ...event }, 'm1')).toBe(idOfOurs({ id: 'e', ...event }, 'm2'));
    expect(startsFor(event).starts[0]?.event).toEqual(event);
  });
});
