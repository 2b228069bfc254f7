import { execFileSync } from 'node:child_process';
import { commandWith } from '../../../cli/compare/again';

const given = ['compare', "it's here.csv", '--date', '2026-02-08', '--options', '{"chunkRows":10}', '--json'];

test('a shell reads the command as it was given', () => {
  const command = commandWith('local', given);
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(words).toEqual(['npx', 'etl', ...given, '--interpreter', 'local']);
});

test.each([[['--interpreter', 'ministack']], [['--interpreter=ministack']]])(
  'the interpreter is another: %j',
  (asked) => {
    expect(commandWith('local', ['compare', 'x.csv', ...asked, '--date', '2026-02-08'])).toBe(
      'npx etl compare x.csv --date 2026-02-08 --interpreter local',
    );
  },
);
