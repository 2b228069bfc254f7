import { cronFields } from '@etl/pipeline/calendar/cron';
import { type Random, randomFrom } from '../../support/random';

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: monthNames },
  { min: 0, max: 6, names: dayNames },
] as const;
type Field = (typeof fields)[number];

const numbers = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** Returns an element of a list, and its values. */
function elementFrom(random: Random, { min, max, names }: Field): { text: string; values: number[] } {
  const number = () => min + random.below(max - min + 1);
  const shown = (value: number) => {
    const name: string | undefined = names[value - min];
    if (name === undefined || random.chance(0.6)) return String(value).padStart(random.chance(0.1) ? 2 : 1, '0');
    return random.chance(0.5) ? name : name.toUpperCase();
  };
  const [from = min, to = max] = [number(), number()].sort((a, b) => a - b);
  const step = 1 + random.below(20);
  switch (random.below(5)) {
    case 0:
      return { text: '*', values: numbers(min, max) };
    case 1:
      return { text: shown(from), values: [from] };
    case 2:
      return { text: `${shown(from)}-${shown(to)}`, values: numbers(from, to) };
    case 3:
      return { text: `${shown(from)}-${shown(to)}/${step}`, values: numbers(from, to, step) };
    default:
      return { text: `*/${step}`, values: numbers(min, max, step) };
  }
}

test('reads every notation of the same values', () => {
  const random = randomFrom(20260208);
  for (let round = 0; round < 3000; round++) {
    const lists = fields.map((field) => Array.from({ length: 1 + random.below(3) }, () => elementFrom(random, field)));
    const expression = lists.map((list) => list.map(({ text }) => text).join(',')).join(' ');
    const expected = lists.map((list) => [...new Set(list.flatMap(({ values }) => values))].sort((a, b) => a - b));
    const { minutes, hours, daysOfMonth, months, daysOfWeek } = cronFields(expression);
    expect([expression, minutes, hours, daysOfMonth, months, daysOfWeek]).toEqual([expression, ...expected]);
  }
});

test('rejects other text, or reads values within the bounds of each field', () => {
  const random = randomFrom(7);
  const pieces = [...'**-/,?LW#H@~0123456789', '60', '99', '1e1', '0x5', '+5', '-1', 'mon', 'monday', 'JAN', '٣', '\n'];
  let read = 0;
  for (let round = 0; round < 5000; round++) {
    const parts = Array.from({ length: 5 }, () =>
      random.chance(0.7) ? '*' : Array.from({ length: 1 + random.below(4) }, () => random.pick(pieces)).join(''),
    );
    const values = (() => {
      try {
        return Object.values(cronFields(parts.join(' '))) as number[][];
      } catch (error) {
        expect(error).toMatchObject({ name: 'CliError' });
        return undefined;
      }
    })();
    if (!values) continue;
    read++;
    const isWithin = fields.every(({ min, max }, index) => {
      const list = values[index] ?? [];
      return list.length > 0 && list.every((value) => value >= min && value <= max);
    });
    expect([parts, isWithin]).toEqual([parts, true]);
  }
  expect(read).toBeGreaterThan(100);
});
