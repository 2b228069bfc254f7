import type { Random } from '../../support/random';
import { created, onEventBridge, s3Object, sns } from '../../support/s3Events';

/** Must not appear outside a message. */
export const password = 'hunter2';

export interface HostileMessage {
  readonly name: string;
  readonly body: string;
}

const json = (value: unknown): string => JSON.stringify(value);
const day = '2026-02-08';
const ours = (detail: object): object => ({ detail: { s3Key: 'ventas/a.csv', batchDate: day, ...detail } });
/** Returns JSON nested to a depth. */
const nested = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
/** Returns the minimal S3 record. */
const record = (key: string): object => ({
  eventSource: 'aws:s3',
  eventName: 'ObjectCreated:Put',
  eventTime: `${day}T00:00:00Z`,
  s3: { bucket: { name: 'raw' }, object: { key } },
});
const numbered = (count: number): object[] => Array.from({ length: count }, (_, n) => record(`k${n}.csv`));

/** Returns messages that carry a key in every supported form. */
function formsOf(key: string): Record<string, unknown> {
  return {
    'record of S3': created(s3Object({ key })),
    'record of S3 in SNS': sns(created(s3Object({ key }))),
    'event of EventBridge': onEventBridge({ key }),
    'event of ours': ours({ s3Key: key }),
    'dataset of an event': ours({ dataset: key, source: key }),
    'file of a folder': { landed: { uri: `s3://raw/${key}`, key, mark: key } },
  };
}

const keyPieces = ['_', '/', '.', '%25', '%', 'e\u0301', '\u0301', '../', '+', ' ', 'ñ', '2026-02-08/', '\u202e', '😀'];
const keys = keyPieces.flatMap((piece) =>
  [1, 1025, 60_000].map((length): [string, string] => [
    `${json(piece)} for ${length} characters`,
    piece.repeat(Math.ceil(length / piece.length)),
  ]),
);

const deepLevels = 50_000;
const arrays = nested(deepLevels, '[', ']');
const objects = nested(deepLevels, '{"detail":', '}');
const deep: Readonly<Record<string, string>> = {
  'arrays as body': arrays,
  'objects as body': objects,
  'arrays in a record of S3': `{"Records":[{"s3":${arrays}}]}`,
  'arrays in the message of SNS': json(sns(arrays)),
  'objects in the message of SNS': json(sns(objects)),
  'arrays in the detail of EventBridge': `{"source":"aws.s3","detail-type":"Object Created","detail":${arrays}}`,
  'objects in the detail of EventBridge': `{"source":"aws.s3","detail-type":"Object Created","detail":${objects}}`,
  'arrays in an event of ours': `{"detail":{"s3Key":"a.csv","batchDate":"${day}","columns":${arrays}}}`,
  'a thousand levels in an event of ours': `{"detail":${nested(1000, '[', ']')}}`,
  'levels that never end': '['.repeat(deepLevels),
  'SNS in SNS in SNS': json(sns(json(sns(json(sns(objects)))))),
};

const many: Readonly<Record<string, string>> = {
  '1,000 records': json({ Records: numbered(1000) }),
  '1,000 times the same record': json({ Records: Array.from({ length: 1000 }, () => record('same.csv')) }),
  '1,000 records, each wrong': json({ Records: Array.from({ length: 1000 }, () => ({ s3: 1 })) }),
  '1,001 records': json({ Records: numbered(1001) }),
  '10,000 records': json({ Records: numbered(10_000).map((each, n) => (n % 2 ? {} : each)) }),
  '10,000 records that are empty': json({ Records: Array.from({ length: 10_000 }, () => ({})) }),
  'no records': json({ Records: [] }),
  '20,000 unknown keys': json(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key${n}`, n]))),
  '20,000 unknown keys of an event': json(
    ours(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n]))),
  ),
  '20,000 columns': json(
    ours({ columns: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`c${n}`, 'x'])) }),
  ),
};

const odd: Readonly<Record<string, string>> = {
  empty: '',
  'white space': ' \n\t ',
  'a BOM': '\ufeff',
  'a BOM before an event': `\ufeff${json(ours({}))}`,
  'a BOM of UTF-16': '\ufffe{}',
  NUL: '\0',
  'NUL in a key': json(created(s3Object({ key: 'a%00b.csv' }))),
  'NUL in an event': json(ours({ s3Key: 'a\0b.csv' })),
  'a lone surrogate as body': '\ud800',
  'a lone surrogate in an event': '{"detail":{"s3Key":"a\\ud800.csv","batchDate":"2026-02-08"}}',
  'a lone surrogate in a body': `{"detail":{"s3Key":"a\udc00.csv","batchDate":"${day}"}}`,
  'U+2028 and U+2029': json(ours({ s3Key: 'a\u2028b\u2029.csv' })),
  'U+FFFE and U+FFFF': json(ours({ s3Key: 'a\ufffe\uffff.csv' })),
  'an escape sequence': json(ours({ s3Key: '\u001b[2J\u001b]0;x\u0007.csv' })),
  'duplicate keys': `{"detail":{"s3Key":"a.csv","s3Key":"b.csv","batchDate":"x","batchDate":"${day}"}}`,
  '100,000 duplicate keys': `{${'"a":1,'.repeat(100_000)}"detail":{}}`,
  'a prototype': `{"__proto__":{"detail":{"s3Key":"a.csv","batchDate":"${day}"}}}`,
  'a prototype in an event': `{"detail":{"__proto__":{"s3Key":"a.csv"},"batchDate":"${day}","constructor":{"prototype":1}}}`,
  'a prototype of columns': `{"detail":{"s3Key":"a.csv","batchDate":"${day}","columns":{"__proto__":"text"}}}`,
  'a prototype of a record': '{"Records":[{"__proto__":null},{"__proto__":{"s3":1}}]}',
  'null in every place': json({ Records: [null], detail: null, landed: null, source: null, Type: null }),
  '1e400 as chunkRows': `{"detail":{"s3Key":"a.csv","batchDate":"${day}","chunkRows":1e400}}`,
  '-1e400 as size': json(created(s3Object({ key: 'a.csv', size: 77 }))).replace('77', '-1e400'),
  '1e-400 as size': json(created(s3Object({ key: 'a.csv', size: 77 }))).replace('77', '1e-400'),
  '2^53 + 1 as size': json(created(s3Object({ key: 'a.csv', size: 77 }))).replace('77', '9007199254740993'),
  'a number of 200,000 digits': `{"detail":{"s3Key":"a.csv","batchDate":"${day}","chunkRows":${'9'.repeat(200_000)}}}`,
  'NaN, which is not JSON': `{"detail":{"s3Key":"a.csv","batchDate":"${day}","chunkRows":NaN}}`,
  'a number': '1',
  'true in quotes': '"true"',
  'a string of JSON': json(json(ours({}))),
  'SNS without a message': json({ Type: 'Notification', TopicArn: 'arn' }),
  'SNS of another type': json({ ...sns(ours({})), Type: 'x'.repeat(100_000) }),
};

const dates = [
  '2026-02-30',
  '0000-00-00',
  '2026-13-01',
  '2026-02-08T00:00:00Z',
  '-271821-04-19',
  '+275760-09-14',
  '2026-2-8',
  '２０２６-０２-０８',
  '2026-02-08\n',
  `2026-02-${'0'.repeat(60_000)}8`,
];
const dated = dates.flatMap((date): [string, unknown][] => [
  [`batch date ${date.slice(0, 20)}`, ours({ batchDate: date })],
  [`key of ${date.slice(0, 20)}`, created(s3Object({ key: encodeURIComponent(`ventas/${date}/a.csv`) }))],
  [`time ${date.slice(0, 20)}`, created(s3Object({ key: 'a.csv' }), 'ObjectCreated:Put', date)],
]);

const secretive = [
  `s3://user:${password}@raw/a.csv`,
  `https://user:${password}@example.org/a.csv`,
  `https://raw.s3.amazonaws.com/a.csv?X-Amz-Signature=${password}&X-Amz-Credential=${password}`,
  `file://user:${password}@host/a.csv`,
].flatMap((uri): [string, unknown][] => [
  [`source ${uri}`, ours({ s3Key: uri })],
  [`destination ${uri}`, ours({ destination: uri })],
  [`replaces ${uri}`, ours({ replaces: uri })],
  [`landed ${uri}`, { landed: { uri, key: uri, mark: 'm' } }],
]);

const kib256 = 256 * 1024;
const large: Readonly<Record<string, string>> = {
  '256 KiB of spaces': ' '.repeat(kib256),
  '256 KiB of quotes': '"'.repeat(kib256),
  '256 KiB of backslashes': `"${'\\'.repeat(kib256 - 2)}"`,
  '256 KiB of brackets in a text': json('['.repeat(kib256 - 2)),
  '256 KiB of commas': `[${','.repeat(kib256 - 2)}]`,
  '256 KiB of colons': ':'.repeat(kib256),
  '256 KiB of %': json(ours({ s3Key: '%'.repeat(kib256 - 70) })),
  '256 KiB of characters of three bytes': 'ൠ'.repeat(kib256 / 3),
  'an event of 256 KiB': json(ours({ dialect: { delimiter: 'x'.repeat(kib256 - 90) } })),
  '1 MiB of zeros': '0'.repeat(2 ** 20),
  'more than 1 MiB': 'x'.repeat(2 ** 20 + 1),
};

/** Hand-written hostile messages. */
export const hostileMessages: readonly HostileMessage[] = [
  ...keys.flatMap(([name, key]) =>
    Object.entries(formsOf(key)).map(([form, message]) => ({ name: `key of ${name}, ${form}`, body: json(message) })),
  ),
  ...Object.entries({ ...deep, ...many, ...odd, ...large }).map(([name, body]) => ({ name, body })),
  ...[...dated, ...secretive].map(([name, message]) => ({ name, body: json(message) })),
];

/** Returns a hostile text of random length. */
function hostileText(random: Random): string {
  const pieces = ['a', '1', '"', '\\', '\0', '\u001b[2J', '\ufffe', '\ud800', '__proto__', 'constructor', ...keyPieces];
  const piece = random.pick(pieces);
  const text = piece.repeat(random.pick([0, 1, 3, 80, 1000, 1025, 5000, 60_000]) / piece.length);
  return random.chance(0.5) ? `${text}.csv` : text;
}

function hostileValue(random: Random): unknown {
  const values = [null, true, 0, -1, 1e308, '', [], {}, JSON.parse('{"__proto__":{"a":1}}'), [[]]];
  return random.chance(0.5) ? hostileText(random) : random.pick(values);
}

/** Returns a valid message with some values replaced. */
function mutated(random: Random, message: unknown, share: number): unknown {
  if (random.chance(share)) return hostileValue(random);
  if (Array.isArray(message)) return message.map((each) => mutated(random, each, share));
  if (message === null || typeof message !== 'object') return message;
  const fields = Object.entries(message).map(([key, value]) => [key, mutated(random, value, share)]);
  if (random.chance(share)) fields.push([hostileText(random), hostileValue(random)]);
  return Object.fromEntries(fields);
}

/** Returns a randomly generated message. */
export function randomMessage(random: Random, number: number): HostileMessage {
  const [form, message] = random.pick(Object.entries(formsOf(`f${random.below(20)}.csv`)));
  const inside = random.chance(0.3) ? sns(mutated(random, message, 0.05)) : message;
  const body = json(mutated(random, inside, 0.05));
  // Sometimes a message is truncated or repeated.
  const cut = random.chance(0.2) ? body.slice(0, random.below(body.length + 1)) : body;
  return { name: `random ${number}, ${form}`, body: random.chance(0.05) ? cut + cut : cut };
}
