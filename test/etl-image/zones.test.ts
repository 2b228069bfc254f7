import { zoneOf } from '@etl/image/types/zones';
import { randomFrom } from '../support/random';

const zones = [
  ...['UTC', 'Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'],
  ...['Pacific/Apia', 'Asia/Kolkata', 'Africa/Casablanca', 'America/Caracas'],
];
const from = Date.UTC(1890, 0) / 1000;
const to = Date.UTC(2040, 0) / 1000;

/** The local time of an instant, as another function of Intl prints it. */
function localOf(timeZone: string, instant: number): number {
  const text = new Date(instant * 1000).toLocaleString('sv-SE', { timeZone });
  return Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;
}

test.each(zones)('%s: a local time is the first instant that has it', (timeZone) => {
  const random = randomFrom(7);
  const zone = zoneOf(timeZone);
  for (let n = 0; n < 300; n++) {
    const instant = from + random.below(to - from);
    const local = localOf(timeZone, instant);
    const found = zone.instantOf(local) ?? Number.NaN;
    expect({ local, same: localOf(timeZone, found), first: found <= instant }).toEqual({
      local,
      same: local,
      first: true,
    });
  }
});

test.each<[string, string, string | undefined]>([
  ['Europe/Madrid', '2026-03-29T01:59:59Z', '2026-03-29T00:59:59Z'],
  ['Europe/Madrid', '2026-03-29T02:00:00Z', undefined],
  ['Europe/Madrid', '2026-03-29T02:59:59Z', undefined],
  ['Europe/Madrid', '2026-03-29T03:00:00Z', '2026-03-29T01:00:00Z'],
  ['Europe/Madrid', '2026-10-25T02:00:00Z', '2026-10-25T00:00:00Z'],
  ['Europe/Madrid', '2026-10-25T02:59:59Z', '2026-10-25T00:59:59Z'],
  ['Europe/Madrid', '2026-10-25T03:00:00Z', '2026-10-25T02:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-04T02:15:00Z', undefined],
  ['Pacific/Apia', '2011-12-30T12:00:00Z', undefined],
  ['Pacific/Apia', '2011-12-31T00:00:00Z', '2011-12-30T10:00:00Z'],
  // Local mean time.
  ['Europe/Madrid', '1900-01-01T00:00:00Z', '1900-01-01T00:14:44Z'],
])('%s: clock change at %s', (timeZone, local, instant) => {
  const found = zoneOf(timeZone).instantOf(Date.parse(local) / 1000);
  expect(found).toBe(instant === undefined ? undefined : Date.parse(instant) / 1000);
});
