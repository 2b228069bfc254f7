import { command } from './processes';
import { shiftedClock } from './shiftedClock';

const hourMs = 3_600_000;

it.each([-6, 6])('a process whose Date is %d hours ahead', async (hours) => {
  const script = `
    const made = new Date();
    const given = new Date(5);
    console.log(JSON.stringify({
      times: [Date.now(), made.getTime(), Date.parse(Date())],
      given: given.toISOString(),
      utc: Date.UTC(2026, 1, 8),
      isDate: [made instanceof Date, Object.prototype.toString.call(made), made.constructor === Date],
    }));`;
  const begun = Date.now();
  const { stdout, stderr } = await command(process.execPath, ['-e', script], shiftedClock(hours * 3600));
  const ended = Date.now();
  expect(stderr).toBe('');
  const { times, ...others } = JSON.parse(stdout) as { times: number[] };
  for (const time of times) {
    // The text of a date has no milliseconds.
    expect(time).toBeGreaterThanOrEqual(begun + hours * hourMs - 1000);
    expect(time).toBeLessThanOrEqual(ended + hours * hourMs);
  }
  expect(others).toEqual({
    given: '1970-01-01T00:00:00.005Z',
    utc: Date.UTC(2026, 1, 8),
    isDate: [true, '[object Date]', true],
  });
});
