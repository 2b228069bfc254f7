import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Declaration, declarationSchema } from '@etl/pipeline/dataset/declaration';
import { stringify } from 'yaml';
import { dataContract } from '../../../cli/dataset/odcs';

const declaration: Declaration = declarationSchema.parse({
  description: 'Daily sales',
  owner: { team: 'sales-data', contact: '#sales-data' },
  source: { pattern: 'ventas/ventas_{date}.csv' },
  columns: {
    id: { type: 'integer', required: true, description: 'Number of the sale' },
    fecha: { type: 'date', format: 'dd/MM/yyyy' },
    importe: { type: 'decimal(12,2)', decimal: ',' },
    leido: { type: 'timestamptz', format: 'yyyy-MM-dd HH:mm', timeZone: 'Europe/Madrid' },
    local: 'timestamp',
    hora: 'time',
    n: 'int32',
    x: 'double',
    ok: 'boolean',
    raw: 'json',
    tienda: 'text',
  },
  quality: {
    rowCount: { min: 10 },
    rules: [
      { name: 'ids', metric: 'duplicateValues', columns: ['id', 'tienda'] },
      { metric: 'nullValues', column: 'tienda', mustBeLessThan: 5, unit: 'percent', level: 'warn' },
      { metric: 'missingValues', column: 'tienda', missingValues: ['N/A'] },
      { metric: 'invalidValues', column: 'tienda', allowed: ['Málaga'], mustBe: 0 },
      { metric: 'invalidValues', column: 'importe', min: 0 },
      { metric: 'rowCount', mustBeBetween: [10, 5000] },
      { metric: 'rowCount', against: 'previous', mustBeBetween: [50, 150], unit: 'percent', level: 'hold' },
      { metric: 'freshness', column: 'fecha', maxAgeDays: 2 },
    ],
  },
  schedule: { at: '02:30', timeZone: 'Europe/Madrid', deadline: '06:00' },
});
const dataset = { name: 'ventas', declaration, hash: '0123456789abcdef', file: 'datasets/ventas.yaml' };

test('has the columns, the rules, the owner and the schedule of the declaration', () => {
  expect(dataContract(dataset, 's3://clean')).toMatchObject({
    version: '1.0.0+0123456789abcdef',
    team: { name: 'sales-data' },
    servers: [{ type: 's3', location: 's3://clean/ventas/**/*.parquet' }],
    schema: [
      {
        properties: [
          { name: 'id', logicalType: 'integer', required: true, description: 'Number of the sale' },
          { name: 'fecha', logicalType: 'date', logicalTypeOptions: { format: 'dd/MM/yyyy' } },
          {
            name: 'importe',
            logicalType: 'number',
            physicalType: 'decimal(12,2)',
            quality: [{ metric: 'invalidValues', arguments: { min: 0 }, mustBe: 0 }],
          },
          ...Array.from({ length: 7 }, () => ({})),
          { quality: [{ metric: 'nullValues', mustBeLessThan: 5, unit: 'percent', severity: 'warning' }, {}, {}] },
        ],
        quality: [
          { metric: 'rowCount', mustBeGreaterOrEqualTo: 10 },
          { name: 'ids', metric: 'duplicateValues', arguments: { properties: ['id', 'tienda'] }, mustBe: 0 },
          { metric: 'rowCount', mustBeBetween: [10, 5000] },
          { type: 'custom', engine: 'etl-orchestrator' },
        ],
      },
    ],
    slaProperties: [{ property: 'frequency' }, { property: 'timeOfAvailability', value: '06:00 Europe/Madrid' }],
  });
});

const bin = process.env.ETL_TEST_CONTRACTS;
const withPython = bin ? test : test.skip;

function lint(contract: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'etl-odcs-'));
  try {
    const path = join(folder, 'contract.yaml');
    writeFileSync(path, stringify(contract));
    return execFileSync(join(bin ?? '', 'datacontract'), ['lint', path], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

withPython('datacontract lint rejects what the standard does not know', () => {
  expect(() => lint({ ...dataContract(dataset, 's3://clean'), schema: [{ name: 5 }] })).toThrow('Command failed');
});

withPython.each([
  ['on S3', dataset, 's3://clean'],
  ['on this machine', dataset, 'file:///lake'],
  ['without any optional key', { ...dataset, declaration: { source: { pattern: 'a' } } }, 's3://clean'],
])('datacontract lint accepts a contract %s', (_, each, destination) => {
  expect(lint(dataContract(each, destination))).toContain('Data contract is valid');
});
