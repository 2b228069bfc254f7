import { createLogger } from '../../workers/logger';
import { raw, texts } from '../lib/text/support';

test('a log line is safe on a terminal and keeps its meaning', () => {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  const values = texts(7, 300);
  for (const value of values) log.info({ value }, value);
  expect(lines).toHaveLength(values.length);
  for (const [index, line] of lines.entries()) {
    expect(line.slice(0, -1)).not.toMatch(raw);
    const value = values[index];
    expect(JSON.parse(line)).toMatchObject({ value, msg: value });
  }
});
