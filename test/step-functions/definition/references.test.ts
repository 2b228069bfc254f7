import {
  entry,
  format,
  jsonText,
  numberAsText,
  numberReference,
  reference,
} from '../../../step-functions/definition/references';

test('keeps a text without references', () => {
  expect(entry('Message', "it's {plain}")).toEqual({ Message: "it's {plain}" });
});

test('turns a text that is one reference into a path', () => {
  expect(entry('Value', reference('$.plan.uri'))).toEqual({ 'Value.$': '$.plan.uri' });
});

test('turns a text with references into a format with arguments in order', () => {
  const text = `${reference('$.a')} and ${reference('$.b.c')}.`;
  expect(entry('Message', text)).toEqual({ 'Message.$': "States.Format('{} and {}.', $.a, $.b.c)" });
});

test('turns adjacent references into a format', () => {
  expect(entry('Value', `${reference('$.a')}${reference('$.b')}`)).toEqual({
    'Value.$': "States.Format('{}{}', $.a, $.b)",
  });
});

test('escapes special characters of a format', () => {
  expect(format(`'\\{}' ${reference('$.a')}`)).toBe("States.Format('\\'\\\\\\{\\}\\' {}', $.a)");
});

test('keeps a number through code that converts it to text', () => {
  expect(entry('Value', String(numberReference(numberAsText('$.n'))))).toEqual({
    'Value.$': "States.Format('{}', $.n)",
  });
});

test('converts an object to text', () => {
  expect(jsonText('$.error')).toBe('States.JsonToString($.error)');
});
