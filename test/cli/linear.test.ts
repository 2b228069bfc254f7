import { duration } from '@etl/pipeline/calendar/durations';
import { cronTimetable, daysOfWeek, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { selectGroups } from '../../cli/dlq/groups';
import { describeDiscarded, describeRedriven } from '../../cli/dlq/show';
import { nightlyAction } from '../../cli/schedule/settings';
import { timeZone } from '../../cli/schedule/zoneName';
import { integrationOf, readDefinition } from '../../step-functions/lint/definition';
import { parsePath, pathsIn, pathsInTemplate } from '../../step-functions/lint/paths/expressions';
import { at, put, unknownShape } from '../../step-functions/lint/paths/shape';
import { formatArguments } from '../../step-functions/lint/rules/formatArguments';
import { literalPaths } from '../../step-functions/lint/rules/literalPaths';
import { parameterNames } from '../../step-functions/lint/rules/parameterNames';
import { isSlow } from '../support/linear';

/** Returns the result, or the CliError of a rejected text. A stack overflow fails the test. */
function orRefused(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && error.name === 'CliError') return error;
    throw error;
  }
}

/** Returns a machine with the text in every place where a definition may have one. */
const machineOf = (text: string) => {
  const Parameters = { 'a.$': text, 'f.$': `States.Format('{}', ${text})`, 'q.$': `States.Format('${text}`, b: text };
  const task = { Type: 'Task', Resource: text, Parameters, End: true };
  const definition = readDefinition({ StartAt: 'A', States: { A: task } });
  if (!definition) throw new Error('the machine cannot be read');
  return definition;
};
const letter = (text: string) => ({ id: text, reason: text, event: {}, sentAt: text });
const groupOf = (text: string) => ({ key: text, letter: letter(text), copies: [letter(text)], isDelivered: false });

/** All functions that read a command-line argument, a definition or a letter. */
const readers: Record<string, (text: string) => unknown> = {
  timeOfDay,
  daysOfWeek,
  cronTimetable,
  'the minutes of a cron expression': (text) => cronTimetable(`${text} * * * *`),
  duration,
  timeZone,
  nightlyAction: (text) => nightlyAction(text, { prefix: text, match: text }),
  letters: (text) => [
    describeDiscarded([groupOf(text)], [groupOf(text)], [text]),
    describeRedriven([{ id: text, outcome: 'started', workflowIds: [text] }], [text]),
    selectGroups([groupOf(text)], [text, 'other']),
  ],
  parsePath: (text) => [parsePath(text), parsePath(`$${text}`)],
  pathsIn: (text) => [pathsIn(text), pathsIn(`States.Format('${text}`), pathsInTemplate({ 'a.$': text })],
  'a path into a shape': (text) => {
    const { names } = parsePath(`$${text}`);
    return at(put(unknownShape, names, unknownShape), names);
  },
  resources: (text) => [integrationOf({ Resource: text }), integrationOf({ Resource: `arn:aws:states:::${text}` })],
  formatArguments: (text) => formatArguments(machineOf(text)),
  rules: (text) => [literalPaths, parameterNames].map((rule) => rule(machineOf(text))),
};

/** Texts that make a pattern fail after it has matched almost everything. */
const hostile: Record<string, (length: number) => string> = {
  digits: (length) => `${'1'.repeat(length)}x`,
  units: (length) => `${'1h'.repeat(length / 2)}x`,
  'a list': (length) => '1,'.repeat(length / 2),
  ranges: (length) => 'mon-fri,'.repeat(length / 8),
  dashes: (length) => '-'.repeat(length),
  slashes: (length) => `${'a/'.repeat(length / 2)}x`,
  'white space': (length) => `x${' '.repeat(length)}x`,
  'line ends': (length) => `x${'\n'.repeat(length)}x`,
  letters: (length) => `${'a'.repeat(length)}!`,
  dollars: (length) => '$'.repeat(length),
  names: (length) => '.a'.repeat(length / 2),
  'quoted names': (length) => "['a']".repeat(length / 5),
  'open brackets': (length) => '['.repeat(length),
  'open paths': (length) => '$['.repeat(length / 2),
  'open substitutions': (length) => '${'.repeat(length / 2),
  'open calls': (length) => 'States.Format('.repeat(length / 14),
  'open quotes': (length) => "'\\".repeat(length / 2),
  'escaped quotes': (length) => "\\'".repeat(length / 2),
  quotes: (length) => "'".repeat(length + 1),
  braces: (length) => '{}'.repeat(length / 2),
  colons: (length) => 'arn:aws:states:'.repeat(length / 15),
};

test.each(Object.keys(readers))('%s takes linear time on any text', (name) => {
  const read = (text: string) => orRefused(() => readers[name]?.(text));
  const slow = Object.entries(hostile).filter(([, make]) => isSlow(read, make) && isSlow(read, make));
  expect(slow.map(([kind]) => kind)).toEqual([]);
});
