import { catchAll, failed, finding, lint, lintAll, task } from './support';

const alert = task({ Resource: 'arn:aws:states:::sns:publish', Parameters: { TopicArn: 't', Message: 'm' } });
const { End: _, ...alertAnd } = alert;
const { End: __, ...work } = task({ Catch: [catchAll('Alert')] });
const done = { Done: { Type: 'Succeed' } };

describe('a failure that ends in success', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['ends the execution', { Work: { ...work, End: true }, Alert: alert }, 'SUCCEEDED'],
    ['leads to Succeed', { Work: { ...work, Next: 'Done' }, Alert: { ...alertAnd, Next: 'Done' }, ...done }, 'Done'],
    [
      'leads to Succeed through other states',
      {
        Work: { ...work, End: true },
        Alert: { ...alertAnd, Next: 'Note' },
        Note: { Type: 'Pass', Next: 'Ask' },
        Ask: { Type: 'Choice', Choices: [{ Variable: '$.x', BooleanEquals: true, Next: 'Failed' }], Default: 'Done' },
        ...failed,
        ...done,
      },
      'Done',
    ],
  ])('reports an alert that %s', (_what, states, words) => {
    expect(lint(states)).toEqual([finding('green-failure', 'Alert', words)]);
  });

  test('reports the second of two states that only failures reach', () => {
    const states = { Work: { ...work, End: true }, Alert: { ...alertAnd, Next: 'Keep' }, Keep: alert };
    expect(lint(states)).toEqual([finding('green-failure', 'Keep', 'SUCCEEDED')]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['ends in Fail', { Work: { ...work, End: true }, Alert: { ...alertAnd, Next: 'Failed' }, ...failed }],
    ['leads back to the work', { Work: { ...work, Next: 'More' }, Alert: { ...alertAnd, Next: 'More' }, More: task() }],
    ['ignores a failure on purpose', { Work: { ...work, Catch: [catchAll('Done')], Next: 'Done' }, ...done }],
    ['is also reached without a failure', { Work: { ...work, Next: 'Alert' }, Alert: alert }],
  ])('accepts a branch that %s', (_what, states) => {
    expect(lint(states)).toEqual([]);
  });
});

describe('the schema', () => {
  test('reports a name without a state', () => {
    expect(lintAll({ Work: { ...work, Next: 'Nowhere' }, Alert: { ...alertAnd, Next: 'Failed' }, ...failed })).toEqual([
      finding('schema', '', 'Nowhere'),
    ]);
  });

  test('reports a state without a required field', () => {
    expect(lintAll({ Work: { Type: 'Wait', End: true } })).toEqual([finding('schema', '', 'WAIT')]);
  });

  test.each(['Check Input', 'a/b', 'a~1b'])('reports the full name of a state: %s', (name) => {
    const found = lintAll({ [name]: { Type: 'Pass', End: 'yes' } });
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect(each).toMatchObject({ rule: 'schema', state: name });
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a machine without a start', { Work: task() }],
  ])('rejects %s as a machine', (_what, states) => {
    expect(lintAll(states as Record<string, unknown>, { StartAt: undefined })).not.toEqual([]);
  });
});

describe('malformed machines', () => {
  test.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [1]],
  ])('reports a state that is %s', (_what, state) => {
    expect(lintAll({ A: state })).toEqual([finding('schema', 'A', 'not an object')]);
  });

  test('reports a state named States', () => {
    const states = { A: { Type: 'Pass', Next: 'States' }, States: { Type: 'Pass', End: true } };
    expect(lintAll(states)).toEqual([finding('schema', '', 'asl-validator')]);
  });

  test('reports 3000 nested machines', () => {
    let inner: Record<string, unknown> = { A: { Type: 'Pass', End: true } };
    for (let level = 0; level < 3000; level++) {
      inner = { A: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: inner }], End: true } };
    }
    expect(lintAll(inner)).toEqual([finding('schema', '', 'levels deep')]);
  });
});

test('accepts the end of an iteration as separate from the end of the run', () => {
  const each = { StartAt: 'Work', States: { Work: { ...work, End: true }, Alert: alert } };
  expect(lint({ All: { Type: 'Map', ItemProcessor: each, End: true } })).toEqual([]);
});
