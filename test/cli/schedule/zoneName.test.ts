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
  ['europe/madrid', 'Use Europe/Madrid'],
  ['utc', 'Use UTC'],
  ['asia/kolkata', 'Use an IANA name'],
  ['PST', 'Use an IANA name'],
  ['Mars/Phobos', 'Use an IANA name'],
  ['', 'Use an IANA name'],
])('rejects the time zone %j with the remedy: %s', (name, remedy) => {
  expect(() => timeZone(name)).toThrow(expect.objectContaining({ remedy: expect.stringContaining(remedy) }));
});
