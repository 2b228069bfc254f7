import { parseDeclaration } from '@etl/storage/declarations/parseDeclaration';

const source = 'source: { pattern: a/*.csv }\n';

/** Mistakes, whether a valid source precedes them, and the message: file, line, column, key and remedy. */
test.each<[string, boolean, string[]]>([
  ['columns: {a: integer}\n', false, ['ventas.yaml:1:1: source: is missing: add it']],
  ['source: ventas/*.csv\n', false, ['ventas.yaml:1:1: source: "ventas/*.csv" must be an object, not a string']],
  [
    'source: { patern: a }\n',
    false,
    [
      'ventas.yaml:1:1: source.pattern: is missing: add it',
      'ventas.yaml:1:11: source.patern: unknown key: use pattern instead',
    ],
  ],
  ['source: { pattern: "" }\n', false, ['ventas.yaml:1:11: source.pattern: "" is empty']],
  [
    'source: { pattern: a, batchDate: filename }\n',
    false,
    ['ventas.yaml:1:23: source.batchDate: "filename" must be one of key, folder, eventTime'],
  ],
  [
    'source: { pattern: a, timeZone: Madrid }\n',
    false,
    ['ventas.yaml:1:23: source.timeZone: "Madrid" is not a time zone: use an IANA name such as Europe/Madrid'],
  ],
  [
    'columns:\n  a: int\n',
    true,
    [
      'ventas.yaml:3:3: columns.a: "int" is not a type: expected text, integer, int32, double, boolean, date, time, timestamp, timestamptz, json or decimal(p,s) with 1 ≤ p ≤ 38 and 0 ≤ s ≤ p',
    ],
  ],
  [
    'columns:\n  a: decimal\n',
    true,
    [
      'ventas.yaml:3:3: columns.a: "decimal" is not a type: expected text, integer, int32, double, boolean, date, time, timestamp, timestamptz, json or decimal(p,s) with 1 ≤ p ≤ 38 and 0 ≤ s ≤ p',
    ],
  ],
  [
    'columns:\n  a: { type: "decimal(40,2)" }\n',
    true,
    [
      'ventas.yaml:3:8: columns.a.type: "decimal(40,2)" is not a type: expected text, integer, int32, double, boolean, date, time, timestamp, timestamptz, json or decimal(p,s) with 1 ≤ p ≤ 38 and 0 ≤ s ≤ p',
    ],
  ],
  ['columns:\n  a: { format: dd/MM/yyyy }\n', true, ['ventas.yaml:3:3: columns.a.type: is missing: add it']],
  [
    'columns:\n  a: { type: date, format: dd/mm/yyyy }\n',
    true,
    ['ventas.yaml:3:20: columns.a.format: "dd/mm/yyyy" has minutes without hours'],
  ],
  [
    'columns:\n  a: { type: double, thousands: ",", decimal: "," }\n',
    true,
    ['ventas.yaml:3:22: columns.a.thousands: "," must differ from decimal'],
  ],
  [
    'columns:\n  a: { type: integer, trim: true }\n',
    true,
    ['ventas.yaml:3:23: columns.a.trim: applies only to the types text, but the column is of type integer'],
  ],
  [
    'columns:\n  a: { type: timestamptz, format: yyyy-MM-dd HH:mm }\n',
    true,
    ['ventas.yaml:3:3: columns.a.timeZone: is required, because the format has no UTC offset (X, XX, XXX or Z)'],
  ],
  ['columns:\n  - a\n', true, ['ventas.yaml:2:1: columns: must be an object, not a list']],
  ['colums:\n  a: integer\n', true, ['ventas.yaml:2:1: colums: unknown key: use columns instead']],
  ['dialect: { delimiter: ",", quote: "," }\n', true, ['ventas.yaml:2:1: dialect: delimiter and quote must differ']],
  ['dialect: { delimeter: ";" }\n', true, ['ventas.yaml:2:12: dialect.delimeter: unknown key: use delimiter instead']],
  [
    'dialect: { encoding: latin1 }\n',
    true,
    ['ventas.yaml:2:12: dialect.encoding: "latin1" must be one of utf-8, utf-16le, utf-16be, windows-1252'],
  ],
  [
    'dialect:\n  decimal: ,\n',
    true,
    ['ventas.yaml:3:12: has a special character at the start of a value: put the value in quotes'],
  ],
  ['chunkRows: 0\n', true, ['ventas.yaml:2:1: chunkRows: 0 must be at least 1']],
  ['chunkRows: many\n', true, ['ventas.yaml:2:1: chunkRows: "many" must be a number, not a string']],
  ['rejects: { maxShare: 5 }\n', true, ['ventas.yaml:2:12: rejects.maxShare: 5 must be at most 1']],
  [
    'quality:\n  rules:\n    - { metric: nulls, column: a }\n',
    true,
    [
      'ventas.yaml:4:9: quality.rules.0.metric: "nulls" must be one of nullValues, missingValues, invalidValues, duplicateValues, rowCount, freshness',
    ],
  ],
  [
    'quality:\n  rules:\n    - { metric: nullValues }\n',
    true,
    ['ventas.yaml:4:7: quality.rules.0.column: is missing: add it'],
  ],
  [
    'quality:\n  rules:\n    - { metric: invalidValues, column: a, pattern: "(" }\n',
    true,
    [
      'ventas.yaml:4:43: quality.rules.0.pattern: "(" is not a regular expression of RE2: missing closing ): `(`: write it without backreferences and look-around',
    ],
  ],
  [
    'quality:\n  rules:\n    - { metric: rowCount }\n',
    true,
    [
      'ventas.yaml:4:7: quality.rules.0: needs one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween',
    ],
  ],
  [
    'quality:\n  rules:\n    - { metric: nullValues, column: a, mustBe: 0, mustBeLessThan: 5 }\n',
    true,
    ['ventas.yaml:4:51: quality.rules.0.mustBeLessThan: 5 is a second operator: write one per rule'],
  ],
  [
    'quality:\n  schemaDrift: forbid\n',
    true,
    ['ventas.yaml:3:3: quality.schemaDrift: "forbid" must be one of evolve, freeze, warn'],
  ],
  [
    'destination: clean/ventas\n',
    true,
    ['ventas.yaml:2:1: destination: "clean/ventas" is not an s3:// or file:/// URI'],
  ],
  ['compute: { cpu: 1024 }\n', true, ['ventas.yaml:2:1: compute: cpu and memory must be set together']],
  [
    'compute: { cpu: 1000, memory: 2048 }\n',
    true,
    ['ventas.yaml:2:1: compute: cpu 1000 is not a Fargate size: use one of 256, 512, 1024, 2048, 4096, 8192, 16384'],
  ],
  [
    'schedule: { at: 2:30pm }\n',
    true,
    ['ventas.yaml:2:13: schedule.at: "2:30pm" is not a time of day: write HH:MM in quotes, such as "02:30"'],
  ],
  [
    'schedule: { at: "02:30", days: monday }\n',
    true,
    [
      'ventas.yaml:2:26: schedule.days: "monday" is not a list of days of the week: write a form such as mon-fri or sat,sun',
    ],
  ],
  [
    'schedule: { at: "02:30", cron: "30 2 * * *" }\n',
    true,
    ['ventas.yaml:2:13: schedule.at: "02:30" cannot be combined with cron: remove one of them'],
  ],
  [
    'schedule: { timeZone: Europe/Madrid }\n',
    true,
    ['ventas.yaml:2:1: schedule.at: is missing: write the time of day of the start, such as "02:30"'],
  ],
  [
    'schedule: { at: "02:30", catchup: one day }\n',
    true,
    ['ventas.yaml:2:26: schedule.catchup: "one day" is not a duration: write a form such as 90s, 10m, 24h or 2d'],
  ],
  ['owner: sales\n', true, ['ventas.yaml:2:1: owner: "sales" must be an object, not a string']],
  ['owner: { contact: x }\n', true, ['ventas.yaml:2:1: owner.team: is missing: add it']],
  ['samples: a.csv\n', true, ['ventas.yaml:2:1: samples: "a.csv" must be a list, not a string']],
  ['maxConcurrent: 0\n', true, ['ventas.yaml:2:1: maxConcurrent: 0 must be at least 1']],
  ['source: { pattern: a/*.csv }\n', true, ['ventas.yaml:2:1: has the same key twice: remove one of them']],
  ['source:\n\tpattern: a\n', false, ['ventas.yaml:2:1: is indented with a tab: use spaces']],
  [
    'source: { pattern: *.csv }\n',
    false,
    ['ventas.yaml:1:20: is an alias: write the value again, or put a text that begins with * in quotes'],
  ],
  [
    'source: {pattern: a}\nx: !!binary aGk=\n',
    false,
    [
      'ventas.yaml:2:1: x: unknown key: use description, owner, source, samples, destination, dialect, columns, quality, rejects, chunkRows, compute, maxConcurrent, sinks, schedule',
    ],
  ],
  [
    'base: &b {pattern: a}\nsource: *b\n',
    false,
    ['ventas.yaml:2:9: is an alias: write the value again, or put a text that begins with * in quotes'],
  ],
  ['- source\n', false, ['ventas.yaml:1:1: is not a mapping: write keys such as source: and columns:']],
  ['', false, ['ventas.yaml:1:1: is not a mapping: write keys such as source: and columns:']],
  ['source: {pattern: a\n', false, ['ventas.yaml:2:1: has a bracket that is not closed: close it']],
  [
    'a: b: c\n',
    false,
    ['ventas.yaml:1:4: has a second colon: put the value in quotes, or write the key on a line of its own'],
  ],
  [
    'source: { pattern: a }\n---\nsource: { pattern: b }\n',
    false,
    ['ventas.yaml:2:1: has several documents: write one for each file'],
  ],
  [
    'source:\n  pattern: {date}/x.csv\n',
    false,
    ['ventas.yaml:2:18: has text after the end of a value: put the whole value in quotes'],
  ],
  [
    'source\n  pattern: a\n',
    false,
    [
      'ventas.yaml:1:1: is not a mapping: write each key on a line of its own, with a colon and the same indentation as its siblings',
    ],
  ],
  [
    'source: { pattern: "a/{month}.csv" }\n',
    false,
    [
      'ventas.yaml:1:11: source.pattern: "a/{month}.csv" has the unknown placeholder {month}: use {yyyy}, {MM}, {dd} or {date}',
    ],
  ],
  [
    'source: { pattern: gs://b/*.csv }\n',
    false,
    [
      'ventas.yaml:1:11: source.pattern: "gs://b/…" is not an s3:// or file:/// URI: write one, or a key in S3_RAW_BUCKET',
    ],
  ],
  [
    'schedule: { at: 230 }\n',
    true,
    ['ventas.yaml:2:13: schedule.at: 230 is not a time of day: write HH:MM in quotes, such as "02:30"'],
  ],
  [
    'schedule: { at: "02:30", jitter: 5 }\n',
    true,
    ['ventas.yaml:2:26: schedule.jitter: 5 is not a duration: write a form such as 90s, 10m, 24h or 2d'],
  ],
  [
    'columns: { "Código Postal": text }\n',
    true,
    ['ventas.yaml:2:12: columns.Código Postal: is not a normalised name: write código_postal'],
  ],
  [
    'sinks: { "A B": { type: glue, database: x } }\n',
    true,
    [expect.stringContaining('ventas.yaml:2:10: sinks.A B: is not a name of a sink: expected a lowercase letter')],
  ],
  [
    'destination: s3://b/ventas\n',
    true,
    [
      'ventas.yaml:2:1: destination: "s3://b/ventas" has an invalid bucket name: use 3 to 63 lowercase letters, digits, hyphens and periods',
    ],
  ],
  ['dialect: { decimal: comma }\n', true, ['ventas.yaml:2:12: dialect.decimal: "comma" must be one of ".", ","']],
  [
    'quality: { rowCount: { max: 5 } }\n',
    true,
    ['ventas.yaml:2:24: quality.rowCount.max: unknown key: use min, level'],
  ],
])('reports the mistake in %j', (text, follows, problems) => {
  expect(parseDeclaration(Buffer.from(follows ? source + text : text), 'ventas.yaml')).toMatchObject({ problems });
});

test('reports the problems of a file before those of its content', () => {
  const problems = (bytes: Buffer) => parseDeclaration(bytes, 'v.yaml');
  expect(problems(Buffer.from([0xff, 0xfe, 0x41]))).toEqual({
    problems: ['v.yaml: is not valid UTF-8: save the file as UTF-8'],
  });
  expect(problems(Buffer.alloc(300_000, 'x'))).toEqual({
    problems: ['v.yaml: has 300000 bytes, more than the limit of 262144: shorten it'],
  });
  expect(problems(Buffer.from('[['.repeat(50_000)))).toEqual({
    problems: [expect.stringMatching(/is nested too deeply: flatten it$/)],
  });
});

test('reads YAML and JSON', () => {
  const declaration = { source: { pattern: 'a/*.csv' }, columns: { no: 'text', importe: 'decimal(12,2)' } };
  const yaml = 'source:\n  pattern: a/*.csv\ncolumns:\n  no: text\n  importe: decimal(12,2)\n';
  expect(parseDeclaration(Buffer.from(yaml), 'v.yaml')).toEqual({ declaration });
  expect(parseDeclaration(Buffer.from(JSON.stringify(declaration, null, 2)), 'v.json')).toEqual({ declaration });
});

test('a file named .json must be JSON', () => {
  const problems = (text: string) => parseDeclaration(Buffer.from(text), 'v.json');
  expect(problems('{\n  "source": { "pattern": "a/*.csv" },\n}')).toEqual({
    problems: ['v.json:3:1: is not JSON: correct it, or rename the file to .yaml'],
  });
  expect(problems('source: { pattern: a/*.csv }')).toMatchObject({
    problems: [expect.stringContaining('is not JSON')],
  });
});

test('lists problems in the order of the file', () => {
  const text = 'owner: { tema: x }\nsource:\n  pattern: a/\nmaxConcurrent: 0\nchunkRows: many\n';
  const { problems } = parseDeclaration(Buffer.from(text), 'v.yaml') as { problems: string[] };
  const places = problems.map((line) => line.split(': ', 1)[0]);
  expect(places).toEqual(['v.yaml:1:1', 'v.yaml:1:10', 'v.yaml:3:3', 'v.yaml:4:1', 'v.yaml:5:1']);
});

test('returns the source pattern of a declaration with other problems', () => {
  expect(parseDeclaration(Buffer.from(`${source}colums: {}\n`), 'd.yaml')).toMatchObject({ pattern: 'a/*.csv' });
  expect(parseDeclaration(Buffer.from('source:\n'), 'd.yaml')).not.toHaveProperty('pattern');
});
