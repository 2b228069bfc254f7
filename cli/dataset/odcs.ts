import { joinUri, parseUri } from '@etl/lib/uri';
import type { DescribedColumns } from '@etl/pipeline/columns/columnSchema';
import { declaredRules, declaredType } from '@etl/pipeline/columns/declared';
import { kindOf, type TypeKind } from '@etl/pipeline/columns/types';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { columnsOf } from '@etl/pipeline/quality/ruleNames';
import type { Quality, Rule } from '@etl/pipeline/quality/rules';

/** Logical types of the Open Data Contract Standard. */
const logicalTypes: Readonly<Record<TypeKind, string>> = {
  text: 'string',
  integer: 'integer',
  int32: 'integer',
  double: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  json: 'object',
};

/**
 * Returns the data contract of a dataset.
 *
 * @see https://bitol-io.github.io/open-data-contract-standard/v3.1.0
 */
export function dataContract({ name, declaration, hash }: Dataset, destination: string): object {
  const { description, owner, columns = {}, schedule, source } = declaration;
  const { schemaQuality, columnQuality } = qualityOf(declaration.quality);
  return {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: name,
    name,
    // The declaration has no version of its own; its hash identifies it.
    version: `1.0.0+${hash}`,
    status: 'active',
    ...(description !== undefined && { description: { purpose: description } }),
    ...(owner && {
      team: {
        name: owner.team,
        ...(owner.contact !== undefined && { description: owner.contact }),
      },
    }),
    servers: [server(name, destination)],
    schema: [
      {
        name,
        logicalType: 'object',
        physicalType: 'parquet',
        ...(description !== undefined && { description }),
        properties: Object.entries(columns).map(([column, declared]) => property(column, declared, columnQuality)),
        ...(schemaQuality.length > 0 && { quality: schemaQuality }),
      },
    ],
    ...(schedule && {
      slaProperties: [
        { property: 'frequency', value: schedule.cron ?? 1, ...(schedule.cron === undefined && { unit: 'd' }) },
        ...(schedule.deadline === undefined
          ? []
          : [{ property: 'timeOfAvailability', value: `${schedule.deadline} ${schedule.timeZone ?? 'UTC'}` }]),
      ],
    }),
    customProperties: [
      { property: 'sourcePattern', value: source.pattern },
      { property: 'declarationHash', value: hash },
    ],
  };
}

function server(name: string, destination: string): object {
  const location = joinUri(destination, name, '**', '*.parquet');
  const isS3 = parseUri(destination)?.kind === 's3';
  return isS3
    ? { server: 'production', type: 's3', location, format: 'parquet' }
    : { server: 'local', type: 'local', path: location, format: 'parquet' };
}

type Column = DescribedColumns[string];

function property(name: string, declared: Column, quality: ReadonlyMap<string, readonly object[]>): object {
  const type = declaredType(declared);
  const { required, format, timeZone } = declaredRules(declared) ?? {};
  const description = typeof declared === 'string' ? undefined : declared.description;
  const kind = kindOf(type);
  const rules = quality.get(name) ?? [];
  const options = {
    ...(format !== undefined && { format }),
    ...(kind === 'timestamp' && { timezone: false }),
    ...(kind === 'timestamptz' && { timezone: true, ...(timeZone !== undefined && { defaultTimezone: timeZone }) }),
  };
  return {
    name,
    logicalType: logicalTypes[kind],
    physicalType: type,
    ...(description !== undefined && { description }),
    ...(required && { required }),
    ...(Object.keys(options).length > 0 && { logicalTypeOptions: options }),
    ...(rules.length > 0 && { quality: rules }),
  };
}

interface ContractQuality {
  /** Rules about the whole dataset. */
  readonly schemaQuality: readonly object[];
  /** Rules about one column, by its name. */
  readonly columnQuality: ReadonlyMap<string, readonly object[]>;
}

function qualityOf(quality: Quality | undefined): ContractQuality {
  const schemaQuality: object[] = [];
  const columnQuality = new Map<string, object[]>();
  const { rowCount, rules = [] } = quality ?? {};
  if (rowCount?.min !== undefined) {
    const level = rowCount.level === undefined ? {} : { severity: severities[rowCount.level] };
    schemaQuality.push({ metric: 'rowCount', mustBeGreaterOrEqualTo: rowCount.min, ...level });
  }
  for (const rule of rules) {
    const [column, ...others] = columnsOf(rule);
    const exported = qualityRule(rule);
    if (column === undefined || others.length > 0) schemaQuality.push(exported);
    else columnQuality.set(column, [...(columnQuality.get(column) ?? []), exported]);
  }
  return { schemaQuality, columnQuality };
}

const severities = { block: 'error', hold: 'error', warn: 'warning' } as const;

/**
 * Returns a rule in the words of the standard. A rule that the standard has no metric for is `custom`, with the rule as
 * declared.
 */
function qualityRule(rule: Rule): object {
  const { level = 'block' } = rule;
  const facts = { ...(rule.name !== undefined && { name: rule.name }), severity: severities[level] };
  const isOwn = rule.metric === 'freshness' || (rule.metric === 'rowCount' && rule.against !== undefined);
  if (isOwn) return { ...facts, type: 'custom', engine: 'etl-orchestrator', implementation: JSON.stringify(rule) };
  const { name: _, level: __, metric, unit, ...rest } = rule;
  const operators = Object.fromEntries(Object.entries(rest).filter(([key]) => key.startsWith('must')));
  const own = Object.entries(rest).filter(([key]) => !key.startsWith('must') && key !== 'column');
  const threshold = Object.keys(operators).length > 0 ? operators : { mustBe: 0 };
  const names: Readonly<Record<string, string>> = { columns: 'properties', allowed: 'validValues' };
  const parameters = Object.fromEntries(own.map(([key, value]) => [names[key] ?? key, value]));
  return {
    ...facts,
    metric,
    ...threshold,
    ...(unit !== undefined && { unit }),
    ...(own.length > 0 && { arguments: parameters }),
  };
}
