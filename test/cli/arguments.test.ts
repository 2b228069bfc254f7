import { jsonObject } from '../../cli/arguments';

test.each([
  ['{', '--options is not JSON'],
  ['[]', '--options is not a JSON object'],
])('options that are not a JSON object, %s, are reported in one sentence', (text, message) => {
  expect(() => jsonObject('--options', text)).toThrow(new RegExp(`^${message}$`));
});
