import { compareOutput } from '../../../step-functions/compare/output';
import { judge } from '../../../step-functions/compare/verdict';
import { failed, manifest, stepFunctions, temporal } from './sides';

describe('both sides agree', () => {
  test('when both delivered the same', () => {
    expect(judge(temporal(), stepFunctions())).toEqual({
      agree: true,
      end: { equal: true, text: 'equal, SUCCEEDED' },
      output: { equal: true, text: 'equal, 1 part, 30 rows, same SHA-256' },
      messages: { equal: true, text: 'equal, etl-success: ETL completado para 2026-02-08' },
      deadLetters: { equal: true, text: 'equal, none' },
    });
  });

  test('when both failed for the same reason', () => {
    const verdict = judge(temporal(failed('InvalidInput')), stepFunctions(failed('InvalidInput')));
    expect(verdict).toMatchObject({ agree: true, end: { text: 'equal, FAILED with InvalidInput' } });
  });
});

describe('both sides disagree', () => {
  test('when one delivered and the other failed', () => {
    const verdict = judge(temporal(), stepFunctions(failed('TaskFailed')));
    expect(verdict.agree).toBe(false);
    expect(verdict.end.text).toBe('differs: SUCCEEDED / FAILED with TaskFailed');
    expect(verdict.output.equal).toBe(false);
    expect(verdict.messages.equal).toBe(false);
    expect(verdict.deadLetters).toEqual({ equal: false, text: 'differs: none / TaskFailed' });
  });

  test('when they failed for different reasons', () => {
    expect(judge(temporal(failed('BadData')), stepFunctions(failed('TaskFailed'))).agree).toBe(false);
  });

  test('when they delivered different output', () => {
    const parts = [{ ...manifest().parts[0], sha256: 'bb' }] as never;
    expect(judge(temporal(), stepFunctions({ manifest: manifest({ parts }) })).agree).toBe(false);
  });
});

test('kept events may differ only by their destination', () => {
  const kept = (detail: object) => ({
    ...failed('InvalidInput'),
    deadLetters: [{ failureType: 'InvalidInput', event: { detail } }],
  });
  const compare = (one: object, other: object) =>
    judge(temporal(kept(one)), stepFunctions(kept(other))).deadLetters.equal;
  expect(compare({ s3Key: 'a', destination: 'x' }, { s3Key: 'a', destination: 'y' })).toBe(true);
  expect(compare({ s3Key: 'a' }, { s3Key: 'b' })).toBe(false);
  // A side may have copied the source to its own bucket.
  expect(compare({ s3Key: 'file:///in/a.csv' }, { s3Key: 's3://raw/in/a.csv' })).toBe(true);
});

describe('output', () => {
  const one = manifest();
  const [part] = one.parts;

  test.each([
    ['rows', { totals: { ...one.totals, rowsWritten: 29 } }, 'differs: rowsWritten 30 and 29'],
    [
      'a type',
      { schema: [{ name: 'id', type: 'text', sourceName: 'ID' }] },
      'differs: column 1 is id integer and id text',
    ],
    ['a column', { schema: [] }, 'differs: column 1 is id integer and missing'],
    ['parts', { parts: [] }, 'differs: 1 and 0 parts'],
    ['bytes', { parts: [{ ...part, sha256: 'bb' }] }, 'differs: part-00001.parquet has a different SHA-256'],
  ])('differs by %s', (_what, changes, text) => {
    expect(compareOutput(one, manifest(changes as never))).toEqual({ equal: false, text });
  });

  test('exists on one side only', () => {
    expect(compareOutput(one, null)).toEqual({ equal: false, text: 'differs: only the first published a batch' });
    expect(compareOutput(null, one)).toEqual({ equal: false, text: 'differs: only the second published a batch' });
    expect(compareOutput(null, null)).toEqual({ equal: true, text: 'equal, none' });
  });
});
