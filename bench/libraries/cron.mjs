// pipeline/src/calendar/cron.ts: five fields, numbers and names, lists, ranges and steps. The values of each field become
// Temporal's calendars, so a library has to give them, and must not accept what calendars cannot say.
import { Differences, orRejected, rejected } from './differences.mjs';

export const packages = ['cron-schedule@6.0.0', 'cron-parser@5.10.5', 'croner@11.0.0'];

const fields = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: ['jan', 'FEB', 'Mar', 'dec'] },
  { min: 0, max: 7, names: ['sun', 'MON', 'Fri', 'sat'] },
];

export async function compare({ load, require, say }) {
  const { cronFields } = require('@etl/pipeline/calendar/cron');
  const { generator } = require('@etl/lib/random');
  const { parseCronExpression } = await load('cron-schedule');
  const { CronExpressionParser } = await load('cron-parser');
  const { Cron } = await load('croner');
  const bits = (flags, offset = 0) => [...flags].flatMap((flag, index) => (flag ? [index + offset] : []));
  const ascending = (values) => [...new Set(values)].sort((a, b) => a - b);
  const readers = {
    'cron-schedule': (text) => {
      const { minutes, hours, days, months, weekdays } = parseCronExpression(text);
      return [minutes, hours, days, months.map((month) => month + 1), weekdays];
    },
    'cron-parser': (text) => {
      const { minute, hour, dayOfMonth, month, dayOfWeek } = CronExpressionParser.parse(text).fields;
      const week = ascending(dayOfWeek.values.map((day) => (typeof day === 'number' ? day % 7 : day)));
      return [...[minute, hour, dayOfMonth, month].map(({ values }) => ascending(values)), week];
    },
    // The values are in a private field.
    croner: (text) => {
      const { minute, hour, day, month, dayOfWeek } = new Cron(text, { paused: true, mode: '5-part' })._states.pattern;
      return [bits(minute), bits(hour), bits(day, 1), bits(month, 1), bits(dayOfWeek).filter((each) => each < 7)];
    },
  };
  const ours = (text) => {
    const { minutes, hours, daysOfMonth, months, daysOfWeek } = cronFields(text);
    return [minutes, hours, daysOfMonth, months, daysOfWeek];
  };

  const random = generator(1);
  const below = (bound) => Math.floor(random() * bound);
  const pick = (of) => of[below(of.length)];
  const number = ({ min, max }) => min + below(max - min + 1);
  const single = (field) => (field.names.length > 0 && random() < 0.3 ? pick(field.names) : String(number(field)));
  const part = (field) => {
    const form = random();
    if (form < 0.3) return '*';
    if (form < 0.6) return single(field);
    const [from, to] = [number(field), number(field)].sort((a, b) => a - b);
    if (form < 0.8) return `${from}-${to}`;
    if (form < 0.9) return `*/${1 + below(12)}`;
    return `${from}-${to}/${1 + below(6)}`;
  };
  const valid = () =>
    fields.map((field) => Array.from({ length: 1 + below(3) }, () => part(field)).join(',')).join(' ');
  const marks = [...'*-/,?LW#H@~ 0123456789', '', '1e1', '0x5', '+5', '5.0', '5/15', '/5', '60', '99', 'mon', 'monday'];
  const broken = () => {
    const parts = valid().split(' ');
    const at = below(parts.length);
    const each = parts[at];
    const cut = below(each.length + 1);
    parts[at] = random() < 0.5 ? pick(marks) : `${each.slice(0, cut)}${pick(marks)}${each.slice(cut + below(2))}`;
    if (random() < 0.05) parts.push('*');
    return parts.join(' ');
  };
  for (const [corpus, make] of Object.entries({ valid, 'with one mistake': broken })) {
    const texts = Array.from({ length: 20_000 }, make);
    for (const [name, read] of Object.entries(readers)) {
      const differences = new Differences(`${name}, ${corpus}`);
      for (const text of texts) {
        const [here, there] = [orRejected(() => ours(text)), orRejected(() => read(text))];
        const same = here === there || (here !== rejected && there !== rejected && `${here}` === `${there}`);
        const kind =
          there === rejected ? 'accepted here only' : here === rejected ? 'accepted there only' : 'other values';
        differences.add(same ? undefined : kind, JSON.stringify(text));
      }
      differences.report(say);
    }
  }
}
