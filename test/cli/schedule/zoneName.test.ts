import { timeZone } from '../../../cli/schedule/zoneName';

test.each([
  'UTC',
  'GMT',
  'Europe/Madrid',
  'Asia/Kolkata',
  'Asia/Calcutta',
  'America/Port_of_Spain',
  'Etc/GMT+5',
  'EST5EDT',
])('%s is a time zone', (name) => expect(timeZone(name)).toBe(name));

test.each([
  ['europe/madrid', 'write Europe/Madrid'],
  ['utc', 'write UTC'],
  ['asia/kolkata', 'write a name of the IANA database'],
  ['PST', 'write a name of the IANA database'],
  ['Mars/Phobos', 'write a name of the IANA database'],
  ['', 'write a name of the IANA database'],
])('rejects the time zone %j with the remedy: %s', (name, remedy) => {
  expect(() => timeZone(name)).toThrow(expect.objectContaining({ remedy: expect.stringContaining(remedy) }));
});
