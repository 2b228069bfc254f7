import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etlInProcess } from '../../support/etlInProcess';
import { command, type Ended, root } from '../../support/processes';

/** The commands that need no server, in an empty folder: those that read samples in threads are processes. */
const folder = mkdtempSync(join(tmpdir(), 'etl-dataset-cli-'));
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const etl = (...args: string[]): Promise<Ended> => etlInProcess(['dataset', ...args], { ETL_STATE_DIR: '' });
const etlProcess = (...args: string[]): Promise<Ended> =>
  command(process.execPath, [join(root, 'cli', 'etl.js'), 'dataset', ...args], { ETL_STATE_DIR: '' }, folder);

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test('a file becomes a declaration that its own check accepts', async () => {
  write('in/pedidos/pedidos_20260208.csv', 'ID;Importe;Fecha\n1;1,5;01/02/2026\n2;2,75;13/02/2026\n');
  expect(await etlProcess('new', 'in/pedidos/pedidos_20260208.csv')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(
      'Wrote datasets/pedidos.yaml with the source pattern in/pedidos/pedidos_{yyyy}{MM}{dd}.csv',
    ),
  });
  expect(readFileSync(join(folder, 'datasets/pedidos.yaml'), 'utf8')).toMatch(
    /decimal: ","[\s\S]*importe: double {2}# Imp/,
  );
  const checked = await etlProcess('check', '--json');
  expect({ exitCode: checked.exitCode, ...JSON.parse(checked.stdout) }).toMatchObject({
    exitCode: 0,
    failed: 0,
    datasets: [{ name: 'pedidos', samples: [{ totals: { rowsWritten: 2 }, undeclared: [], problem: null }] }],
  });
  expect(existsSync(join(folder, '.etl'))).toBe(false);
  expect(await etlProcess('new', 'in/pedidos/pedidos_20260208.csv')).toMatchObject({
    exitCode: 73,
    stderr: expect.stringContaining('datasets/pedidos.yaml already exists'),
  });
});

test('shows what a run of a file does', async () => {
  const { stdout } = await etl('show', 'pedidos', '--file', 'in/pedidos/pedidos_20260208.csv', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    batch: { prefix: 'in/pedidos', match: 'pedidos_{yyyy}{MM}{dd}.csv' },
    run: {
      dataset: 'pedidos',
      workflowId: expect.stringMatching(/^etl\/pedidos\/2026-02-08\/pedidos_20260208/),
      event: { detail: { batchDate: '2026-02-08', dialect: { decimal: ',' } } },
    },
  });
});

test('says when the file does not belong to the dataset that is shown', async () => {
  write('in/other.csv', 'a\n1\n');
  expect(await etl('show', 'pedidos', '--file', 'in/other.csv', '--date', '2026-02-08')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('no declared dataset: source.pattern of pedidos does not match the file'),
  });
});

test('names the columns of a sample that lacks a declared one', async () => {
  write('datasets/raw.yaml', 'source: { pattern: raw/*.csv }\ncolumns: { codigo_postal: text }\n');
  write('in/raw.csv', 'ID;Código Postal\n1;00123\n');
  const { stdout, stderr } = await etlProcess('check', 'raw', '--sample', 'in/raw.csv');
  expect(stdout).toContain(
    'declared columns are not in the header: codigo_postal: declare columns of the file: id, código_postal',
  );
  expect(stdout + stderr).not.toContain('Check the environment');
  rmSync(join(folder, 'datasets/raw.yaml'));
});

test('a sample that would not be published fails the check', async () => {
  write('in/bad.csv', 'ID;Importe;Fecha\nx;1,5;01/02/2026\n');
  expect(await etlProcess('check', 'pedidos', '--sample', 'in/bad.csv')).toMatchObject({
    exitCode: 65,
    stdout: expect.stringMatching(/in\/bad\.csv: NOT PUBLISHABLE: .*[\s\S]*1 sample would not be published/),
  });
});

test('an invalid declaration is named with file, line, column and remedy', async () => {
  write('datasets/stock.yaml', 'source:\n  pattern: stock/*.csv\ncolums:\n  a: integer\n');
  expect(await etl('check')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining('datasets/stock.yaml:3:1: colums: unknown key: use columns instead'),
  });
  expect(await etl('list')).toMatchObject({
    exitCode: 64,
    stdout: expect.stringMatching(/pedidos: in\/pedidos[\s\S]*stock: NOT USABLE: datasets\/stock\.yaml:3:1/),
  });
  expect(await etlProcess('check', 'pedidos')).toMatchObject({ exitCode: 0 });
  rmSync(join(folder, 'datasets/stock.yaml'));
});

test('each problem has a line, and list shows the first one', async () => {
  write('datasets/stock.yaml', 'source: { pattern: a/ }\nchunkRows: 0\nmaxConcurrent: 0\n');
  expect(await etl('check', 'stock')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(
      /^error: datasets\/stock\.yaml:1:11: .*\ndatasets\/stock\.yaml:2:1: .*\ndatasets\/stock\.yaml:3:1: .*\nCorrect the declarations\n$/,
    ),
  });
  const { stdout } = await etl('list');
  expect(stdout.split('\n').filter((line) => line.startsWith('stock:'))).toEqual([
    expect.stringMatching(/stock\.yaml:1:11: .* \(2 further problems: .* dataset check\)$/),
  ]);
  rmSync(join(folder, 'datasets/stock.yaml'));
});

test('overlapping source patterns fail the check, and new warns about them', async () => {
  write('in/one/one_2026-02-08.csv', 'a\n1\n');
  expect(await etlProcess('new', 'in/one/one_2026-02-08.csv')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await etlProcess('new', 'in/one/one_2026-02-08.csv', '--name', 'two')).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^Warning: source\.pattern of two matches files of one, too, such as file:\/\/\//),
  });
  expect(await etl('check', 'one')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining('datasets/one.yaml: source.pattern: matches files of two, too'),
  });
  // No file shows that these overlap, except the sample.
  write('datasets/two.yaml', 'source: { pattern: "in/one/*_*_*.csv" }\n');
  write('datasets/one.yaml', 'source: { pattern: "in/one/one*-{dd}*.csv" }\n');
  write('in/one/one_2_-08.csv', 'a\n1\n');
  expect(await etl('check', 'one', '--sample', 'in/one/one_2_-08.csv')).toMatchObject({
    exitCode: 65,
    stdout: expect.stringContaining('NOT PUBLISHABLE: the source patterns of one and two match the sample'),
  });
  for (const name of ['one', 'two']) rmSync(join(folder, `datasets/${name}.yaml`));
});

test('a sample that is not a file is named with the option or the key', async () => {
  write('datasets/raw.yaml', 'source: { pattern: raw/*.csv }\nsamples: [../in, none.csv]\n');
  const { stdout } = await etl('check', 'raw', '--sample', 'in', 'none.csv');
  expect(stdout).toContain('in: NOT PUBLISHABLE: the sample is a folder: name a file in `samples`');
  expect(stdout).toContain('the sample does not exist: correct `samples`, or add the file');
  expect(stdout).toContain('in: NOT PUBLISHABLE: the sample is a folder: name a file in --sample');
  expect(stdout).toContain('the sample does not exist: correct --sample, or add the file');
  rmSync(join(folder, 'datasets/raw.yaml'));
});

test.each([
  ['acc.csv', 'acc', '*.csv'],
  ['2026-02-08_ventas.csv', 'ventas', '{date}_ventas.csv'],
  ['ventas-2026-02-08.csv', 'ventas', 'ventas-{date}.csv'],
])('a file of the current folder, %s, is named %s', async (file, name, pattern) => {
  write(file, 'a\n1\n');
  const { stdout } = await etlProcess('new', file, '--json');
  expect(JSON.parse(stdout)).toEqual({ name, file: `datasets/${name}.yaml`, pattern });
  rmSync(join(folder, `datasets/${name}.yaml`));
});

test.each([
  ['etl dataset new', ['dataset', 'new', 'acc.csv', '--name', 'my data']],
  ['etl convert', ['convert', 'acc.csv', '--out', 'x', '--dataset', 'my data']],
  ['etl run', ['run', 'acc.csv', '--date', '2026-02-08', '--dataset', 'my data']],
])('%s rejects an invalid name of a dataset', async (_, args) => {
  expect(await etlInProcess(args)).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(/^error: --(name|dataset): "my data" is not a valid name: /),
  });
});

test('an invalid schedule fails the check', async () => {
  write('datasets/cron.yaml', 'source: { pattern: x/*.csv }\nschedule: { cron: "61 * * * *" }\n');
  expect(await etl('check', 'cron')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(
      /^error: datasets\/cron\.yaml: schedule: cron .*"61" is not a valid minute.*\nUse a form such as cron /,
    ),
  });
});

test('without declarations, the remedy is the command that creates one', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'etl-dataset-cli-'));
  try {
    const args = [join(root, 'cli', 'etl.js'), 'dataset', 'list'];
    expect(await command(process.execPath, args, { ETL_STATE_DIR: '' }, empty)).toMatchObject({
      exitCode: 66,
      stderr: expect.stringMatching(/folder not found: .*datasets\n.*dataset new FILE/),
    });
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});

test('a sample needs the dataset that it belongs to', async () => {
  expect(await etl('check', '--sample', 'in/bad.csv')).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(
      /--sample requires the name of one dataset\nName the dataset of the samples: .* NAME/,
    ),
  });
});
