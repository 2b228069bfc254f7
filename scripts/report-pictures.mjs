// Takes the pictures of docs/report.md: delivers a month of small batches and a large file on a local system, writes the
// pages of a run and of a night, and takes a screenshot of each.
// usage: node scripts/report-pictures.mjs [FOLDER]   (requires Chromium on PATH, or its path in ETL_TEST_CHROMIUM)
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root } from './lib/ensure-installed.mjs';
import { openBrowser, withLocalSystem } from './lib/local-system.mjs';

ensurePackages('test');
const target = process.argv[2] ?? join(root, 'docs');

const night = '2026-02-08';
const days = Array.from({ length: 30 }, (_, index) =>
  new Date(Date.parse(night) - (29 - index) * 86_400_000).toISOString().slice(0, 10),
);
/** Runs the day after: the files of Monday to Friday. */
const weekdays = 'days: tue-sat';

/** Datasets with the rows of a day, the days on which too few fields spoil a file, and those without a file. */
const datasets = {
  clientes: { rows: 900 },
  devoluciones: { rows: 150, schedule: weekdays },
  inventario: { rows: 2200, spoilt: ['2026-01-30'] },
  pagos: { rows: 1400, rules: '[{ metric: rowCount, mustBeGreaterThan: 1000, level: hold }]', short: [night] },
  precios: { rows: 600, absent: ['2026-02-03', night] },
  ventas: { rows: 5200, spoilt: ['2026-02-05', night] },
};

const declaration = (name, { schedule = '', rules }) => `
source: { pattern: "landing/${name}/${name}_{yyyy}_{MM}_{dd}.csv" }
${rules ? `quality: { rules: ${rules} }` : ''}
schedule: { at: "02:30", timeZone: Europe/Madrid, dayOffset: -1, deadline: "06:00"${schedule ? `, ${schedule}` : ''} }
`;

/** Returns numbers from 0 to 1, always the same ones. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function csv({ rows, store = 'tienda', spoiltShare = 0, seed }) {
  const next = random(seed);
  const lines = [`order_id,fecha,${store},producto,cantidad,importe`];
  for (let index = 0; index < rows; index++) {
    const fecha = days[Math.floor(next() * days.length)];
    const row = [index, fecha, ['Madrid', 'Sevilla', 'Bilbao'][Math.floor(next() * 3)]];
    if (next() < spoiltShare) lines.push(row.join(','));
    else
      lines.push([...row, `P-${Math.floor(next() * 900)}`, Math.ceil(next() * 9), (next() * 500).toFixed(2)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

async function write(stateDir) {
  const raw = join(stateDir, 'raw', 'landing');
  await mkdir(join(stateDir, 'declared'));
  for (const [index, [name, dataset]] of Object.entries(datasets).entries()) {
    await writeFile(join(stateDir, 'declared', `${name}.yaml`), declaration(name, dataset));
    await mkdir(join(raw, name), { recursive: true });
    for (const [at, day] of days.entries()) {
      const { rows, schedule, spoilt = [], absent = [], short = [] } = dataset;
      const isWeekend = [0, 6].includes(new Date(day).getUTCDay());
      if (absent.includes(day) || (schedule && isWeekend)) continue;
      const factor = (1 + at / 60) * (isWeekend ? 0.6 : 1) * (short.includes(day) ? 0.3 : 1);
      // Below the share that the validation of the first rows rejects.
      const spoiltShare = spoilt.includes(day) ? 0.06 : 0;
      const text = csv({ rows: Math.round(rows * factor), spoiltShare, seed: index * 100 + at });
      await writeFile(join(raw, name, `${name}_${day.replaceAll('-', '_')}.csv`), text);
    }
  }
  const large = join(stateDir, 'raw', 'pedidos');
  await mkdir(large);
  await writeFile(join(large, 'pedidos_0207.csv'), csv({ rows: 1_100_000, seed: 1 }));
  await writeFile(
    join(large, 'pedidos_0208.csv'),
    csv({ rows: 2_400_000, store: 'store', spoiltShare: 0.0003, seed: 2 }),
  );
}

const rules = [
  { metric: 'nullValues', column: 'order_id', mustBe: 0 },
  { metric: 'duplicateValues', column: 'order_id', mustBe: 0 },
  {
    name: 'known products',
    metric: 'invalidValues',
    column: 'producto',
    pattern: '^P-[0-8]',
    mustBeLessThan: 1,
    unit: 'percent',
    level: 'warn',
  },
];

const variables = (stateDir) => ({
  ETL_LIGHT_LANE: 'off',
  ETL_SPOT: 'false',
  S3_RAW_BUCKET: pathToFileURL(join(stateDir, 'raw')).href,
  ETL_DATASETS: pathToFileURL(join(stateDir, 'declared')).href,
});

/** Returns a page without the name of the temporary folder. */
const withoutFolder = (page, folder) =>
  page.replaceAll(`<span>ETL_STATE_DIR=${folder}</span> `, '').replaceAll(folder, '/data');

await withLocalSystem('pictures', variables, async ({ stateDir, etl }) => {
  await write(stateDir);
  const pages = { run: join(stateDir, 'run.html'), night: join(stateDir, 'night.html') };
  const run = (day, options) => {
    const file = join(stateDir, 'raw', 'pedidos', `pedidos_${day.slice(5).replace('-', '')}.csv`);
    return etl('run', file, '--date', day, '--dataset', 'pedidos', '--options', JSON.stringify(options));
  };
  await run('2026-02-07', {});
  const large = await run(night, { quality: { rules } });
  if (large.status !== 'COMPLETED') throw new Error(`the run ended as ${large.status}: ${large.reason}`);
  await etl('report', large.workflowId, '--out', pages.run);
  const [first = night] = days;
  for (const name of Object.keys(datasets)) {
    // A held file keeps its batch open.
    const wait = name === 'pagos' ? ['--no-wait'] : [];
    await etl('backfill', '--dataset', name, '--from', first, '--to', night, '--max-concurrent', '4', ...wait);
    console.log(`delivered ${name}`);
  }
  for (let tries = 0; tries < 120; tries++) {
    const { runs } = await etl('runs', '--running', '--limit', '50');
    if (runs.every(({ outcome, kind }) => outcome === 'held' || kind === 'batch')) break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await etl('report', '--night', night, '--out', pages.night);
  const browser = await openBrowser();
  for (const [name, path] of Object.entries(pages)) {
    await writeFile(path, withoutFolder(await readFile(path, 'utf8'), stateDir));
    const page = await browser.newPage({ viewport: { width: 1080, height: 1380 } });
    await page.goto(pathToFileURL(path).href);
    await page.screenshot({ path: join(target, `report-${name}.png`) });
    console.log(join(target, `report-${name}.png`));
  }
  await browser.close();
});
