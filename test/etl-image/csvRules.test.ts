import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineNames } from '@etl/image/config/engineNames';
import { declaredType } from '@etl/pipeline/columns/declared';
import { type Options, optionsSchema } from '@etl/pipeline/options';
import { type Conversion, Converter } from '../support/convert';
import type { Cell } from '../support/parquet';

const documentation = readFileSync(join(__dirname, '..', '..', 'docs', 'csv.md'), 'utf8');

interface Example {
  readonly heading: string;
  readonly csv: string;
  readonly options: Options;
  /** The expected rows, totals, rejects and coercions, as JSON in the document. */
  readonly expected: Readonly<Record<string, string>>;
}

/** Returns the document's CSV blocks, each with the JSON blocks that follow it. */
function readExamples(): Example[] {
  const examples: { heading: string; csv: string; options: Options; expected: Record<string, string> }[] = [];
  let heading = '';
  for (const [, title, language, info = '', body = ''] of documentation.matchAll(
    /^## (.*)$|^```(csv|json)(?: (.+))?\n([\s\S]*?)^```$/gm,
  )) {
    if (title !== undefined) heading = title;
    else if (language === 'csv') {
      const options = optionsSchema.parse(JSON.parse(info || '{}')) as Options;
      examples.push({ heading, csv: body, options, expected: {} });
    } else {
      const last = examples.at(-1);
      if (last) last.expected[info] = body;
    }
  }
  return examples;
}

/** Compares rows as text, because JSON.parse loses digits of 64-bit integers. */
const rowText = (json: string): string =>
  json.replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '').replace(/(\d)\.0\b/g, '$1');

function cellText(cell: Cell, type: string): string {
  if (cell !== null && type === 'json') return JSON.stringify(JSON.stringify(cell));
  if (typeof cell === 'bigint' && type === 'time') return JSON.stringify(timeText(cell));
  if (typeof cell === 'bigint') return String(cell);
  if (cell instanceof Date)
    return JSON.stringify(type === 'date' ? cell.toISOString().slice(0, 10) : cell.toISOString());
  return JSON.stringify(cell);
}

const timeText = (micros: bigint): string => {
  const fraction = String(micros % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const seconds = new Date(Number(micros / 1000n)).toISOString().slice(11, 19);
  return fraction === '' ? seconds : `${seconds}.${fraction}`;
};

/** Returns whether parquetjs-lite cannot store the values of an example. */
function isBeyondPortable({ options, expected }: Example): boolean {
  const types = Object.values(options.columns ?? {}).map(declaredType);
  if (types.some((type) => type === 'time' || type.startsWith('decimal'))) return true;
  return /\d{16,}/.test(expected.rows?.replace(/"[^"]*"/g, '') ?? '');
}

function rowsText({ rows, manifest }: Conversion): string {
  const objects = rows.map((row) =>
    manifest.schema.map(({ name, type }) => `${JSON.stringify(name)}:${cellText(row[name] ?? null, type)}`).join(','),
  );
  return `[${objects.map((object) => `{${object}}`).join(',')}]`;
}

let converter: Converter;
beforeAll(async () => {
  converter = await Converter.create();
});
afterAll(() => converter.remove());

async function listed({ recorded }: Conversion, files: readonly string[] = []): Promise<unknown[]> {
  const texts = await Promise.all(files.map(recorded));
  return texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as unknown);
}

const examples = readExamples();

test('the document has an example of every rule', () => {
  expect(examples.length).toBeGreaterThanOrEqual(14);
  expect(examples.filter(({ expected }) => expected.rows === undefined)).toEqual([]);
});

describe.each(engineNames)('%s engine', (engine) => {
  test.each(examples.map((example, index) => [`${index + 1}: ${example.heading}`, example] as const))(
    'example %s',
    async (_name, example) => {
      const { csv, options, expected } = example;
      const converting = converter.convert(csv, { options, engine });
      if (engine === 'portable' && isBeyondPortable(example))
        return expect(converting).rejects.toThrow(/the portable engine cannot hold/);
      const conversion = await converting;
      const { manifest } = conversion;
      expect(rowsText(conversion)).toBe(rowText(expected.rows ?? ''));
      if (expected.totals) expect(manifest.totals).toEqual(JSON.parse(expected.totals));
      if (expected.rejects) expect(await listed(conversion, manifest.rejects)).toEqual(JSON.parse(expected.rejects));
      if (expected.coercions)
        expect(await listed(conversion, manifest.coercions)).toEqual(JSON.parse(expected.coercions));
    },
  );
});
