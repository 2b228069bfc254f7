import { CliError, usageExitCode } from '@etl/lib/cliError';
import { dayNames, monthNames, shortNames } from './names';

/** Values of the fields of a cron expression, each in ascending order. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const minute: Field = { name: 'minute', min: 0, max: 59 };
const hour: Field = { name: 'hour', min: 0, max: 23 };
const dayOfMonth: Field = { name: 'day of the month', min: 1, max: 31 };
const month: Field = { name: 'month', min: 1, max: 12, names: shortNames(monthNames) };
/** Both 0 and 7 are Sunday. */
const dayOfWeek: Field = { name: 'day of the week', min: 0, max: 7, names: shortNames(dayNames) };

/**
 * Parses a cron expression of five fields: numbers, names, lists, ranges and steps. A day must match both day fields,
 * as in Temporal.
 *
 * @throws {CliError} when the expression is invalid.
 */
export function cronFields(expression: string): CronFields {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== 5) {
    throw badCron(
      expression,
      `has ${texts.length} fields instead of five: minute, hour, day of month, month, day of week`,
    );
  }
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = texts;
  const read = (text: string, field: Field) => valuesOf(expression, text, field);
  const week = read(weekdays, dayOfWeek).map((day) => day % 7);
  return {
    minutes: read(minutes, minute),
    hours: read(hours, hour),
    daysOfMonth: read(days, dayOfMonth),
    months: read(months, month),
    daysOfWeek: [...new Set(week)].sort((a, b) => a - b),
  };
}

function valuesOf(expression: string, text: string, field: Field): number[] {
  const values = text.split(',').flatMap((part) => {
    const [, first = '', last, step] = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part) ?? [];
    const from = first === '*' ? field.min : valueIn(first, field);
    const open = first === '*' || (step !== undefined && last === undefined);
    const to = last !== undefined ? valueIn(last, field) : open ? field.max : from;
    const by = Number(step ?? 1);
    if (!(from >= field.min && to <= field.max && from <= to && by > 0) || (first === '*' && last !== undefined)) {
      throw badCron(expression, `"${part}" is not a valid ${field.name} (${field.min} to ${field.max})`);
    }
    return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Parses a number or a name; returns NaN for any other text. */
function valueIn(text: string, { names = [], min }: Field): number {
  if (/^\d+$/.test(text)) return Number(text);
  const named = names.indexOf(text.toLowerCase());
  return named < 0 ? Number.NaN : named + min;
}

function badCron(expression: string, problem: string): CliError {
  const remedy = "Use a form such as --cron '30 2 * * 1-5', which is 02:30 from Monday to Friday";
  return new CliError(`--cron '${expression}': ${problem}`, remedy, usageExitCode);
}
