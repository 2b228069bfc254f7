import { shapesAtEntry } from '../../../step-functions/lint/paths/dataFlow';
import { parsePath, pathsIn } from '../../../step-functions/lint/paths/expressions';
import { at } from '../../../step-functions/lint/paths/shape';
import { catchAll, containerTask, failed, finding, lint, task } from './support';

const { End: _, ...taskAnd } = task({ ResultSelector: { 'answer.$': '$.Payload' } });
const { End: __, ...containerAnd } = containerTask();
/** Returns a state that reads a path. */
const read = (path: string) => ({ Type: 'Pass', Parameters: { 'read.$': path }, End: true });
const write = (path: string, Next: string, Parameters: object = { value: 1 }) => ({
  ...{ Type: 'Pass', Parameters, ResultPath: path, Next },
});
/** Returns the findings for a state that reads a path after other states. */
const reading = (path: string, states: Record<string, unknown>) => lint({ ...states, Read: read(path) });

describe('paths in expressions', () => {
  test.each<[string, string[]]>([
    ['$.a.b', ['$.a.b']],
    ['$', ['$']],
    ["States.Format('{} of $.no', $.a, States.Format('it\\'s {}', $.b.c))", ['$.a', '$.b.c']],
    ['States.ArrayGetItem($.list, $.at)', ['$.list', '$.at']],
    ['States.MathAdd($$.State.RetryCount, 1)', []],
    ['$$.Execution.Input', []],
    ['$variable.x', []],
    ["$['a b'].c[0].d", ["$['a b'].c[0].d"]],
  ])('extracts the paths of %s', (expression, paths) => {
    expect(pathsIn(expression).map(({ text }) => text)).toEqual(paths);
  });

  test.each<[string, string[]]>([
    ['$.a.b', ['a', 'b']],
    ["$['a b'].c[0].d", ['a b', 'c']],
    ['$', []],
    ['$..x', []],
    ['$.año', ['año']],
  ])('parses the names in %s', (path, names) => {
    expect(parsePath(path).names).toEqual(names);
  });
});

describe('reads of paths', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['of the event', '$.detail.batchDate', { Work: { ...taskAnd, Next: 'Read' } }],
    ['added by a Pass state', '$.note.value', { Note: write('$.note', 'Read') }],
    ['of a nested value', '$.a.b.value', { Note: write('$.a.b', 'Read') }],
    ['selected from an answer', '$.task.answer.anything', { Work: { ...taskAnd, Next: 'Read' } }],
    ['of a service’s answer', '$.task.Containers[0].ExitCode', { Work: { ...containerAnd, Next: 'Read' } }],
    [
      'of a function’s answer',
      '$.anything',
      { Work: { ...taskAnd, Resource: `\${F}`, ResultSelector: undefined, ResultPath: undefined, Next: 'Read' } },
    ],
    ['of the context', '$$.Execution.Input', { Note: { ...write('$', 'Read'), ResultPath: '$' } }],
    [
      'checked before',
      '$.note.value.more',
      {
        Note: { ...write('$', 'Ask'), ResultPath: '$' },
        Ask: {
          Type: 'Choice',
          Choices: [{ Variable: '$.note.value.more', IsPresent: true, Next: 'Read' }],
          Default: 'Other',
        },
        Other: { Type: 'Pass', End: true },
      },
    ],
  ])('accepts a path %s', (_what, path, states) => {
    expect(reading(path, JSON.parse(JSON.stringify(states)))).toEqual([]);
  });

  test('a result without ResultPath replaces the data', () => {
    const { ResultPath: ___, ResultSelector: ____, ...replacing } = containerAnd as Record<string, unknown>;
    const found = reading('$.detail.batchDate', { Work: { ...replacing, Next: 'Read' } });
    expect(found).toEqual([finding('paths', 'Read', '$.detail.batchDate', 'result of Work', 'ResultPath')]);
  });

  test('a ResultSelector replaces the data with its selection', () => {
    const { ResultPath: ___, ...replacing } = taskAnd as Record<string, unknown>;
    const work = { ...replacing, Next: 'Read' };
    expect(reading('$.answer.x', { Work: work })).toEqual([]);
    expect(reading('$.Payload.x', { Work: work })).toEqual([finding('paths', 'Read', '$.Payload.x')]);
  });

  test('a Catch without ResultPath leaves only the error', () => {
    const { ResultPath: ___, ...bare } = catchAll('Read');
    const work = { ...taskAnd, Catch: [bare], Next: 'Other' };
    const found = reading('$.detail.batchDate', { Work: work, Other: { Type: 'Succeed' } });
    expect(found).toEqual([
      finding('catch-result-path', 'Work', 'States.ALL'),
      finding('paths', 'Read', '$.detail.batchDate', 'the Catch of Work for States.ALL overwrites'),
    ]);
  });

  test('reports a path that one of several branches drops', () => {
    const choose = {
      Type: 'Choice',
      Choices: [{ Variable: '$.first', BooleanEquals: true, Next: 'Note' }],
      Default: 'Empty',
    };
    const states = {
      Choose: choose,
      Note: write('$.note', 'Read'),
      Empty: { ...write('$', 'Read', {}), ResultPath: '$' },
    };
    expect(reading('$.note.value', states)).toEqual([finding('paths', 'Read', '$.note.value', 'Empty drops')]);
  });

  test('reports a name that no state writes', () => {
    const { ResultPath: ___, ...noted } = write('$', 'Read');
    expect(reading('$.other', { Start: noted })).toEqual([finding('paths', 'Read', '$.other')]);
  });

  test('keeps the initial data through a loop, and terminates', () => {
    const again = {
      Type: 'Choice',
      Choices: [{ Variable: '$.count', NumericLessThan: 3, Next: 'Wrap' }],
      Default: 'Read',
    };
    const wrap = { Type: 'Pass', Parameters: { 'inner.$': '$', 'count.$': '$.count' }, Next: 'Again' };
    expect(reading('$.count', { Again: again, Wrap: wrap })).toEqual([]);
    expect(reading('$.inner', { Wrap: wrap, Again: again })).toEqual([]);
    expect(reading('$.other', { Wrap: wrap, Again: again })).toEqual([finding('paths', 'Read', '$.other')]);
  });

  test('an error may lack a Cause', () => {
    const work = { ...taskAnd, Catch: [catchAll('Read')], Next: 'Other' };
    const states = { Work: work, Other: { Type: 'Succeed' } };
    expect(reading('$.error.Error', states)).toEqual([]);
    expect(reading('States.JsonToString($.error)', states)).toEqual([]);
    expect(reading('$.error.Cause', states)).toEqual([finding('paths', 'Read', '$.error.Cause', 'JsonToString')]);
  });

  test('an error that a function has thrown has a Cause, and one of the service may lack it', () => {
    const catching = (...ErrorEquals: string[]) => ({
      Work: { ...taskAnd, Catch: [catchAll('Read', { ErrorEquals })], Next: 'Other' },
      Other: { Type: 'Succeed' },
    });
    expect(reading('$.error.Cause', catching('SinkFailed', 'SinksPending'))).toEqual([]);
    expect(reading('$.error.Cause', catching('SinkFailed', 'States.Timeout'))).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'Variable',
      { Type: 'Choice', Choices: [{ Variable: '$.gone', IsNull: true, Next: 'Failed' }], Default: 'Failed' },
    ],
    [
      'a comparison',
      {
        Type: 'Choice',
        Choices: [{ Not: { Variable: '$.value', StringEqualsPath: '$.gone' }, Next: 'Failed' }],
        Default: 'Failed',
      },
    ],
    ['SecondsPath', { Type: 'Wait', SecondsPath: '$.gone', Next: 'Failed' }],
    ['InputPath', { Type: 'Pass', InputPath: '$.gone', Next: 'Failed' }],
    ['OutputPath', { Type: 'Pass', OutputPath: '$.gone', Next: 'Failed' }],
    ['ErrorPath', { Type: 'Fail', ErrorPath: '$.gone' }],
    [
      'ItemsPath',
      {
        Type: 'Map',
        ItemsPath: '$.gone',
        ItemProcessor: { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } },
        Next: 'Failed',
      },
    ],
    [
      'Parameters, deep',
      { Type: 'Pass', Parameters: { a: [{ 'b.$': "States.Format('{}', $.gone)" }] }, Next: 'Failed' },
    ],
  ])('reports a missing path read by %s', (_what, state) => {
    const start = { Type: 'Pass', Parameters: { value: 1 }, Next: 'Read' };
    const found = lint({ Start: start, Read: state, ...(state.Type !== 'Fail' && failed) });
    expect(found).toEqual([finding('paths', 'Read', '$.gone')]);
  });

  test('a rule may check for a path before it reads the path', () => {
    const rule = {
      And: [
        { Variable: '$.maybe', IsPresent: true },
        { Variable: '$.maybe', BooleanEquals: true },
      ],
    };
    const start = { Type: 'Pass', Parameters: { value: 1 }, Next: 'Ask' };
    const ask = { Type: 'Choice', Choices: [{ ...rule, Next: 'Failed' }], Default: 'Failed' };
    expect(lint({ Start: start, Ask: ask, ...failed })).toEqual([]);
  });

  test('JSONata has no paths to check', () => {
    const states = {
      Start: { Type: 'Pass', Output: { x: 1 }, Next: 'End' },
      End: { Type: 'Pass', Output: '{% $states.input.gone %}', End: true },
    };
    expect(lint(states, { QueryLanguage: 'JSONata' })).toEqual([]);
  });
});

test('the data at entry is what all paths to the state have in common', () => {
  const entries = shapesAtEntry({
    startAt: 'Start',
    queryLanguage: 'JSONPath',
    states: {
      Start: { Type: 'Choice', Choices: [{ Variable: '$.x', IsNull: true, Next: 'A' }], Default: 'B' },
      A: { Type: 'Pass', Parameters: { both: 1, a: 1 }, Next: 'End' },
      B: { Type: 'Pass', Parameters: { both: 1, b: 1 }, Next: 'End' },
      End: { Type: 'Succeed' },
      Unreached: { Type: 'Succeed' },
    },
  });
  const end = entries.get('End');
  expect(['both', 'a', 'b'].map((name) => end && at(end, [name]) !== undefined)).toEqual([true, false, false]);
  expect(entries.has('Unreached')).toBe(false);
});

describe('a rule that checks whether a path is present', () => {
  const start = { Type: 'Pass', Result: { a: 1 }, Next: 'Ask' };
  const there = { Variable: '$.maybe', IsPresent: true };
  const gone = { Variable: '$.maybe', IsPresent: false };
  const used = { Variable: '$.maybe', IsNull: true };
  const ask = (Choices: object[], Default: string) =>
    lint({
      Start: start,
      Ask: { Type: 'Choice', Choices: Choices.map((rule) => ({ Next: 'Failed', ...rule })), Default },
      Read: read('$.maybe'),
      ...failed,
    });

  test.each<[string, object[], string]>([
    ['that a path is absent, before Default reads it', [gone], 'Read'],
    ['with Not, before later rules read', [{ Not: there }, { ...used, Next: 'Read' }], 'Failed'],
    ['with Or', [{ Or: [gone, used] }], 'Read'],
  ])('checks %s', (_what, rules, otherwise) => {
    expect(ask(rules, otherwise)).toEqual([]);
  });

  test.each<[string, object[], string, string]>([
    ['if the path is absent', [{ ...gone, Next: 'Read' }], 'Failed', 'Read'],
    [
      'if another rule may match first',
      [{ Or: [there, { Variable: '$.a', IsNull: true }], Next: 'Read' }],
      'Failed',
      'Read',
    ],
    ['before the check', [used, gone], 'Failed', 'Ask'],
  ])('does not help %s', (_what, rules, otherwise, state) => {
    expect(ask(rules, otherwise)).toEqual([finding('paths', state, '$.maybe')]);
  });
});

test('lambda:invoke wraps its answer in an envelope', () => {
  const invoke = (changes: object) => ({ Work: { ...taskAnd, ResultSelector: undefined, ...changes, Next: 'Read' } });
  const found = (path: string, changes: object) => reading(path, JSON.parse(JSON.stringify(invoke(changes))));
  expect(found('$.valid', { ResultPath: undefined })).toEqual([
    finding('paths', 'Read', '$.Payload.valid', 'OutputPath'),
  ]);
  expect(found('$.task.valid', {})).toEqual([finding('paths', 'Read', '$.task.Payload.valid', 'ResultSelector')]);
  expect(found('$.task.Payload.valid', {})).toEqual([]);
  expect(found('$.valid', { ResultPath: undefined, OutputPath: '$.Payload' })).toEqual([]);
});

test('an EKS job returns status and logs', () => {
  const job = { ...taskAnd, Resource: 'arn:aws:states:::eks:runJob.sync', ResultSelector: undefined, Next: 'Read' };
  expect(reading('$.task.status', JSON.parse(JSON.stringify({ Work: job })))).toEqual([]);
});
