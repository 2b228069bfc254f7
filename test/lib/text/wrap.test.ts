import { wrap } from '@etl/lib/text/wrap';

test('wraps between words, and inside words that are too long', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrap('', 4)).toEqual(['']);
  expect(wrap('  indented', 20)).toEqual(['  indented']);
});
