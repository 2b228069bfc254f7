import type { RunView } from '@etl/pipeline/runs/runView';
import type { LogPage } from '../../../activities/ports';
import { createLogPrinter } from '../../../cli/runs/logPrinter';

const written: string[] = [];
const out = { write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
const said: string[] = [];
beforeEach(() => {
  written.length = 0;
  said.length = 0;
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

/** Logs by task ARN. A position is the number of lines read. */
const readerOf = (logs: Record<string, string[]>) => ({
  read: async (taskArn: string, after = '0'): Promise<LogPage | undefined> => {
    const lines = logs[taskArn]?.slice(Number(after), Number(after) + 2);
    return lines && { lines, next: String(Number(after) + lines.length), isEnd: lines.length === 0 };
  },
});
const task = (generation: number, taskArn?: string) => ({
  ...{ generation, label: `launch ${generation}`, lane: 'fargate' as const, requestedAt: generation },
  ...(taskArn !== undefined && { taskArn }),
});

test('prints all pages of all tasks, and later only new lines', async () => {
  const logs: Record<string, string[]> = { a: ['1', '2', '3'], b: ['4'] };
  const printer = createLogPrinter(readerOf(logs), out);
  await printer.print([task(1, 'a'), task(2, 'b')]);
  logs.b?.push('5');
  await printer.print([task(1, 'a'), task(2, 'b')]);
  expect(written.join('')).toBe('1\n2\n3\n4\n5\n');
  expect(said.join('')).toBe('--- launch 1, a\n--- launch 2, b\n');
});

test('a task without a log shows why it stopped or why there is no task', async () => {
  const printer = createLogPrinter(readerOf({}), out);
  const end = { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: no such image' };
  const tasks = [
    { ...task(1, 'a'), end },
    { ...task(2), failure: 'Capacity is unavailable at this time' },
  ];
  await printer.print(tasks);
  expect(written).toEqual([]);
  expect(printer.summary(tasks, {} as RunView)).toEqual([
    'launch 1: no log lines: TaskFailedToStart: CannotPullContainerError: no such image',
    'launch 2: no task: Capacity is unavailable at this time',
  ]);
});

test('a run without launches shows its failure', () => {
  const view = { failureType: 'InvalidInput', reason: 'the file is empty' } as RunView;
  expect(createLogPrinter(readerOf({}), out).summary([], view)).toEqual([
    'no task was launched: InvalidInput: the file is empty',
  ]);
});
