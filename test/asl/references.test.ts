import { entry, format, jsonText, numberAsText, numberReference, reference } from '../../asl/references';

test('a text without references is itself', () => {
  expect(entry('Message', "it's {plain}")).toEqual({ Message: "it's {plain}" });
});

test('a text that is a reference is a path', () => {
  expect(entry('Value', reference('$.plan.uri'))).toEqual({ 'Value.$': '$.plan.uri' });
});

test('a text with references is a format, in their order', () => {
  const text = `${reference('$.a')} and ${reference('$.b.c')}.`;
  expect(entry('Message', text)).toEqual({ 'Message.$': "States.Format('{} and {}.', $.a, $.b.c)" });
});

test('two references and nothing between them are a format, too', () => {
  expect(entry('Value', `${reference('$.a')}${reference('$.b')}`)).toEqual({
    'Value.$': "States.Format('{}{}', $.a, $.b)",
  });
});

test('what means something in a format is escaped', () => {
  expect(format(`'\\{}' ${reference('$.a')}`)).toBe("States.Format('\\'\\\\\\{\\}\\' {}', $.a)");
});

test('a number passes through code that makes a text of it', () => {
  expect(entry('Value', String(numberReference(numberAsText('$.n'))))).toEqual({
    'Value.$': "States.Format('{}', $.n)",
  });
});

test('an object as text', () => {
  expect(jsonText('$.error')).toBe('States.JsonToString($.error)');
});
