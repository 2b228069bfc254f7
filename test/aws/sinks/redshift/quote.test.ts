import { constant, day, identifier, literal, qualified } from '../../../../aws/sinks/redshift/quote';

test.each([
  ['select', '"select"'],
  ['Año "X"', '"año ""x"""'],
  ['ÑANDÚ', '"ÑandÚ"'],
  ['a:b; DROP TABLE t --', '"a:b; drop table t --"'],
])('the name %s is quoted, with ASCII letters in lowercase', (name, quoted) => {
  expect(identifier(name)).toBe(quoted);
});

test.each([
  ['plain', "'plain'"],
  ["it's", "'it''s'"],
  ["\\' OR 1=1 --", "'' || chr(92) || ''' OR 1=1 --'"],
  ['a\\\\b', "'a' || chr(92) || '' || chr(92) || 'b'"],
])('the text %s has no character that ends its literal', (text, quoted) => {
  expect(literal(text)).toBe(quoted);
});

test('days and tables are quoted', () => {
  expect(day('2026-02-08')).toBe("CAST('2026-02-08' AS DATE)");
  expect(qualified('public', 'Orders')).toBe('"public"."orders"');
});

test('a constant without an expression cannot have a backslash', () => {
  expect(constant("s3://it's")).toBe("'s3://it''s'");
  expect(() => constant('s3://a\\b')).toThrow(
    /"s3:\/\/a\\\\b" has a backslash or NUL character, which .+ to COPY\. Rename it/,
  );
  expect(() => literal('a\0b')).toThrow(/NUL/);
});
