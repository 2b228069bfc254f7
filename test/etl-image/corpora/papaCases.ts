import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

/** A case of Papa Parse's own tests that a file can express: text, options and Papa's rows. */
export interface PapaCase {
  readonly key: string;
  readonly input: string;
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: string;
  readonly rows: readonly (readonly string[])[];
}

interface Listed {
  readonly description: string;
  readonly input: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
}

interface Parsed {
  readonly data: string[][];
  readonly meta: { readonly delimiter: string; readonly linebreak: string };
}

interface Papa {
  parse(text: string, config: Readonly<Record<string, unknown>>): Parsed;
}

const folder = join(__dirname, '..', '..', 'node_modules', 'papaparse');
/** Arrays of their tests in use. The other tests require a browser or test functions. */
const arrays = ['CORE_PARSER_TESTS', 'PARSE_TESTS', 'PARSE_ASYNC_TESTS', 'UNPARSE_TESTS'] as const;
/** Options that split text into fields. Other options process the fields, and are ignored. */
const dialectOptions = ['delimiter', 'quoteChar', 'newline'];

const printable = (char: unknown): char is string => typeof char === 'string' && /^[\t\x20-\x7e]$/.test(char);

/** Returns the cases that our dialects can express, and the others with the reason. */
export function papaCases(): { cases: readonly PapaCase[]; left: readonly (readonly [key: string, why: string])[] } {
  const papa = createRequire(__filename)(folder) as Papa;
  const left: (readonly [string, string])[] = [];
  const cases = listed(papa).flatMap(([array, test]): PapaCase[] => {
    const key = `${array}: ${test.description}`;
    const omit = (why: string): [] => {
      left.push([key, why]);
      return [];
    };
    // Text that Papa writes is read as well.
    const input = array === 'UNPARSE_TESTS' ? test.expected : test.input;
    const config = test.config ?? {};
    if (typeof input !== 'string') return omit('no text');
    if (config.download) return omit('a download');
    if (config.escapeChar !== undefined && config.escapeChar !== (config.quoteChar ?? '"'))
      return omit('an escape character of its own');
    const dialect = Object.fromEntries(Object.entries(config).filter(([name]) => dialectOptions.includes(name)));
    if (dialect.newline !== undefined && !/^\r?\n$|^\r$/.test(String(dialect.newline)))
      return omit('an invalid line end');
    const { data, meta } = papa.parse(input, dialect);
    const [delimiter, quote] = [meta.delimiter, dialect.quoteChar ?? '"'];
    if (!printable(delimiter) || !printable(quote)) return omit('a delimiter that is not a printable ASCII character');
    if (typeof config.delimiter === 'string' && config.delimiter !== delimiter)
      return omit('a delimiter that Papa rejects');
    // If nothing but the dialect is declared, the expected rows of Papa's test count, not Papa's result.
    const plain = array !== 'UNPARSE_TESTS' && Object.keys(config).every((name) => dialectOptions.includes(name));
    const rows = plain ? (test.expected as Parsed).data : data;
    return [{ key, input, delimiter, quote, lineEnd: meta.linebreak, rows }];
  });
  return { cases, left };
}

function listed(papa: Papa): (readonly [string, Listed])[] {
  const nothing = Object.assign(() => undefined, { skip: () => undefined });
  const context = createContext({
    describe: nothing,
    it: nothing,
    before: nothing,
    after: nothing,
    module: { exports: {} },
    require: (name: string) => (name === 'chai' ? { assert: {} } : name.includes('papaparse') ? papa : {}),
    process: {},
    __dirname: join(folder, 'tests'),
  });
  runInContext(readFileSync(join(folder, 'tests', 'test-cases.js'), 'utf8'), context);
  return arrays.flatMap((array) => (context[array] as readonly Listed[]).map((test) => [array, test] as const));
}
