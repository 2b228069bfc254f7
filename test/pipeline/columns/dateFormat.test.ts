import { formatTypeProblem, parseFormat } from '@etl/pipeline/columns/dateFormat';

describe('rejects a pattern that is not supported, or describes no date', () => {
  test.each([
    ['dd/MM/yyyy [HH:mm]', 'has the reserved character [: optional parts are not supported'],
    ["yyyy-MM-dd'T", 'has an unclosed quote'],
    ['YYYY-MM-dd', "has the unsupported letters YYYY: write other text in quotes, like 'T'"],
    ['dd MMM yyyy', "has the unsupported letters MMM: write other text in quotes, like 'T'"],
    ['dMyyyy', 'has a number of one or two digits directly before another number: write both digits, like dd'],
    ["yyyy-M-d'1'", 'has a number of one or two digits directly before another number: write both digits, like dd'],
    ['dd/MM/yyyy dd', 'has the day twice'],
    ['yyyy/uuuu', 'has the year twice'],
    ['HH hh a', 'has the hour twice'],
    ['hh:mm', 'must have h and a together'],
    ['HH:mm a', 'must have h and a together'],
    ['d'.repeat(101), 'has more than 100 characters'],
  ])('%s', (pattern, problem) => {
    expect(parseFormat(pattern)).toBe(problem);
  });
});

describe('rejects a pattern for another type', () => {
  test.each([
    ['date', 'MM/yyyy', 'must have year, month and day'],
    ['date', 'yyyy-MM-ddXXX', 'has a UTC offset, which a date does not have'],
    ['timestamp', 'HH:mm', 'must have year, month and day'],
    ['timestamp', 'yyyyMMdd mm', 'has minutes without hours'],
    ['timestamp', 'yyyyMMddHHss', 'has seconds without minutes'],
    ['timestamp', 'yyyyMMddHHmmSSS', 'has a fraction without seconds'],
    ['time', 'yyyy HH:mm', 'has a date or a UTC offset, which a time does not have'],
    ['time', "'x'", 'has no hour'],
  ] as const)('%s: %s', (type, pattern, problem) => {
    expect(formatTypeProblem(parseFormat(pattern) as never, type)).toBe(problem);
  });
});

test('parts of a pattern', () => {
  expect(parseFormat("d.M.yy 'o''clock' HH''mm")).toEqual([
    { kind: 'number', field: 'day', digits: 0 },
    { kind: 'literal', text: '.' },
    { kind: 'number', field: 'month', digits: 0 },
    { kind: 'literal', text: '.' },
    { kind: 'number', field: 'year', digits: 2 },
    { kind: 'literal', text: " o'clock " },
    { kind: 'number', field: 'hour', digits: 2 },
    { kind: 'literal', text: "'" },
    { kind: 'number', field: 'minute', digits: 2 },
  ]);
});
