import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..');
const read = (...names: string[]): string => readFileSync(join(root, ...names), 'utf8');

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export const alertsFile = join(root, 'docs', 'monitoring', 'alerts.yml');
export const alertTestsFile = join(root, 'test', 'monitoring', 'alerts.test.yml');

/** Rules of docs/monitoring/alerts.yml. */
export const rules = (parse(readFileSync(alertsFile, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

export const dashboardText = read('docs', 'monitoring', 'dashboard.json');
export const dashboard = JSON.parse(dashboardText) as Dashboard;

/** PromQL expressions of the dashboard and of the rules, with their place. */
export const expressions: readonly (readonly [string, string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, record, expr }) => [alert ?? record ?? '', expr] as const),
];
