import { monthlyCosts, runCosts } from '../../../step-functions/compare/costs';
import { reportLines, reportObject, type Sides } from '../../../step-functions/compare/report';
import { row } from '../../../step-functions/compare/table';
import { failed, stepFunctions, temporal } from './sides';

const subject = { file: 'file:///data/ventas.csv', batchDate: '2026-02-08', filesPerDay: 100 };
const lines = (...sides: Sides) => reportLines(sides, subject);

/** Returns the cells of the row with this label. */
function cellsOf(all: readonly string[], label: string): string[] {
  const line = all.find((each) => each.startsWith(label.padEnd(26))) ?? '';
  return [line.slice(26, 62).trim(), line.slice(62).trim()];
}

describe('costs', () => {
  // 2 vCPU × $0.04048 + 8 GiB × $0.004445 per hour, for one minute
  const task = 0.11652 / 60;

  test('are calculated for a run', () => {
    const { engine, plan, messages, tasks, worker, total } = runCosts(temporal());
    expect(engine).toBeCloseTo(0.00045, 12);
    expect(plan).toBeCloseTo(0.000045, 12);
    expect(messages).toBeCloseTo(0.0000005, 12);
    expect(tasks).toBeCloseTo(task, 12);
    expect(worker).toBe(0);
    expect(total).toBeCloseTo(0.000495 + 0.0000005 + task, 12);
    const machine = runCosts(stepFunctions());
    expect(machine).toMatchObject({ engine: expect.closeTo(0.00015, 12), plan: 0 });
    expect(machine.functions).toBeCloseTo(0.0000022833375, 12);
  });

  test('are calculated for a month: 3,000 runs, and the worker that only one engine needs', () => {
    const month = monthlyCosts(temporal(), 100);
    expect(month.engine).toBeCloseTo(1.35, 10);
    expect(month.plan).toBeCloseTo(0.135, 10);
    expect(month.tasks).toBeCloseTo(3000 * task, 10);
    expect(month.worker).toBeCloseTo(8.8866, 4);
    expect(month.total).toBeCloseTo(1.485 + 0.0015 + 3000 * task + 8.8866, 4);
    expect(monthlyCosts(stepFunctions(), 100)).toMatchObject({ engine: expect.closeTo(0.45, 10), worker: 0 });
  });
});

describe('the report', () => {
  const report = lines(temporal(), stepFunctions());

  test('fits a terminal of 100 columns, whatever the text', () => {
    const reason = 'x'.repeat(300);
    const long = temporal({ ...failed(reason), notes: [reason], apiCalls: { [reason]: 1 } });
    for (const line of [...report, ...lines(long, stepFunctions(failed(reason)))]) {
      expect(line.length).toBeLessThanOrEqual(100);
      expect(line).toBe(line.trimEnd());
    }
  });

  test('shows the stages in pipeline order, with both sides next to each other', () => {
    expect(cellsOf(report, '  validate')).toEqual(['1.50 s', '1.50 s']);
    // The rest of the cell continues on the next line.
    expect(cellsOf(report, '  transform')).toEqual(['1.50 s, 2 attempts, waits 60 s,', '1.50 s']);
    expect(report).toContain(`${' '.repeat(26)}last error TaskFailed`);
    expect(cellsOf(report, '  other states')).toEqual(['', 'IsValid, Delivered']);
    const order = ['  validate', '  transform', '  notifySuccess'].map((label) =>
      report.findIndex((line) => line.startsWith(label)),
    );
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });

  test('distinguishes an unknown figure from zero', () => {
    expect(cellsOf(report, '  ecs:DescribeTasks')).toEqual(['1,200', '-']);
    expect(cellsOf(report, '  lambda:Invoke')).toEqual(['-', '2']);
  });

  test('shows what the engines bill and cost', () => {
    expect(cellsOf(report, 'Billed by the engine')).toEqual(['9 actions', '6 state transitions']);
    expect(cellsOf(report, '  engine')).toEqual(['0.0004500', '0.0001500']);
    const month = report.slice(report.indexOf('Cost of a month with 100 such files a day, $'));
    expect(cellsOf(month, '  engine')).toEqual(['1.35', '0.45']);
    expect(cellsOf(month, '  plan')[1]).toBe('-');
    expect(cellsOf(month, '  messages')).toEqual(['< 0.01', '< 0.01']);
    expect(cellsOf(month, '  worker')).toEqual(['8.89', '-']);
  });

  test('ends with the verdict and the limits of the figures', () => {
    expect(report).toContain('Both engines had the same outcome.');
    expect(report).toContain('  - Temporal: heartbeats are estimated');
    expect(report).toContain('  - Step Functions (interpreter): one process');
    expect(lines(temporal(), stepFunctions(failed('TaskFailed')))).toContain('The engines had different outcomes.');
  });
});

test('the JSON report contains both sides with their costs, and the verdict', () => {
  const object = reportObject([temporal(), stepFunctions()], subject);
  expect(JSON.parse(JSON.stringify(object))).toMatchObject({
    ...subject,
    agree: true,
    output: { equal: true },
    sides: [
      { engine: 'Temporal', billed: { count: 9 }, costsUsd: { month: { worker: expect.closeTo(8.8866, 4) } } },
      { engine: 'Step Functions (interpreter)', costsUsd: { run: { engine: expect.closeTo(0.00015, 12) } } },
    ],
    remarks: expect.arrayContaining(['Temporal: heartbeats are estimated']),
  });
});

describe('the table', () => {
  test('makes a row as high as its highest cell', () => {
    expect(row('label', 'short', 'x'.repeat(40))).toEqual([
      `${'label'.padEnd(26)}${'short'.padEnd(36)}${'x'.repeat(34)}`,
      `${' '.repeat(62)}xxxxxx`,
    ]);
  });
});
