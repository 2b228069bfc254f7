import { count } from '@etl/lib/amounts';
import { wrap } from '@etl/lib/text/wrap';
import { workerSize } from '@etl/pipeline/prices/services';
import { type Costs, monthlyCosts, runCosts } from './costs';
import type { Side, StepRun } from './side';
import { alignStages, otherSteps } from './stages';
import { row } from './table';
import { judge, type Verdict } from './verdict';

export type Sides = readonly [Side, Side];

/** The subject of a comparison. */
export interface Subject {
  readonly file: string;
  readonly batchDate: string;
  readonly filesPerDay: number;
}

const remarks = [
  'durations are those of this machine, one engine after the other; they differ in the cloud',
  `the worker is one Fargate task of ${workerSize.cpu / 1024} vCPU and ${workerSize.memoryMiB / 1024} GiB, all month, whatever the number of files`,
  'costs are list prices of us-east-1 without free tiers; they exclude S3, logs and Temporal Cloud storage',
];

/** Returns the output of `--json`. */
export function reportObject(sides: Sides, subject: Subject) {
  return {
    ...subject,
    ...judge(...sides),
    sides: sides.map((side) => ({
      ...side,
      costsUsd: { run: runCosts(side), month: monthlyCosts(side, subject.filesPerDay) },
    })),
    remarks: allRemarks(sides),
  };
}

/** Shortens a reason, which may contain a task as ECS describes it. */
const shortened = (reason: string): string => (reason.length > 160 ? `${reason.slice(0, 160)} …` : reason);

/** Returns the comparison as text, at most 100 columns wide. */
export function reportLines(sides: Sides, subject: Subject): string[] {
  const { file, batchDate, filesPerDay } = subject;
  const cells = (label: string, cell: (side: Side) => string): string[] => row(label, cell(sides[0]), cell(sides[1]));
  return [
    `${file}, ${batchDate}`,
    '',
    ...cells('', ({ engine }) => engine),
    ...cells('End', ({ status, failureType }) => failureType ?? status),
    ...(sides.some(({ reason }) => reason) ? cells('Reason', ({ reason }) => shortened(reason ?? '-')) : []),
    ...cells('Took', ({ startedAt, endedAt }) => seconds(endedAt - startedAt)),
    '',
    'Stages',
    ...alignStages(sides).flatMap(({ stage, steps: [one, other] }) => row(`  ${stage}`, step(one), step(other))),
    ...cells('  other states', (side) => otherSteps(side).join(', ')),
    '',
    ...cells('Messages', ({ messages }) => messages.map(({ firstLine }) => firstLine).join('; ') || 'none'),
    ...cells(
      'Dead letters',
      ({ deadLetters }) => deadLetters.map(({ failureType }) => failureType).join(', ') || 'none',
    ),
    '',
    'API calls',
    ...names(sides, ({ apiCalls }) => apiCalls).flatMap((name) =>
      cells(`  ${name}`, (side) => amount(side.apiCalls[name])),
    ),
    '',
    ...cells('Billed by the engine', ({ billed }) => `${billed.count} ${billed.unit}`),
    ...names(sides, byKind).flatMap((kind) => cells(`  ${kind}`, (side) => amount(byKind(side)[kind]))),
    '',
    'Cost of this run, $',
    ...costLines(sides.map(runCosts), 7),
    '',
    `Cost of a month with ${count(filesPerDay, 'such file')} a day, $`,
    ...costLines(
      sides.map((side) => monthlyCosts(side, filesPerDay)),
      2,
    ),
    '',
    ...verdictLines(judge(...sides)),
    '',
    'Notes on the figures',
    ...allRemarks(sides).flatMap(remark),
  ];
}

/** Returns the findings as text. */
function verdictLines({ agree, end, output, messages, deadLetters }: Verdict): string[] {
  return [
    agree ? 'Both engines had the same outcome.' : 'The engines had different outcomes.',
    ...Object.entries({ End: end, Output: output, Messages: messages, 'Dead letters': deadLetters }).flatMap(
      ([what, { text }]) => hanging(`  ${what}: `, text),
    ),
  ];
}

function step(run: StepRun | undefined): string {
  if (!run) return '';
  const { startedAt, endedAt, attempts, waits, error } = run;
  return [
    seconds(endedAt - startedAt),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(waits.length > 0 ? [`waits ${waits.map((wait) => `${Number(wait.toFixed(2))} s`).join(' + ')}`] : []),
    ...(error === undefined ? [] : [`last error ${error}`]),
  ].join(', ');
}

function costLines(costs: readonly Costs[], digits: number): string[] {
  return names(costs, (each) => each as unknown as Record<string, number>)
    .filter((name) => costs.some((each) => each[name as keyof Costs] > 0))
    .flatMap((name) => {
      const [one = '', other = ''] = costs.map((each) => {
        const usd = each[name as keyof Costs];
        return dollars(usd, digits);
      });
      return row(`  ${name}`, one, other);
    });
}

function dollars(usd: number, digits: number): string {
  const least = 10 ** -digits;
  return usd === 0 ? '-' : usd < least / 2 ? `< ${least.toFixed(digits)}` : usd.toFixed(digits);
}

function allRemarks(sides: Sides): string[] {
  return [...remarks, ...sides.flatMap(({ engine, notes = [] }) => notes.map((note) => `${engine}: ${note}`))];
}

const remark = (text: string): string[] => hanging('  - ', text);

function hanging(head: string, text: string): string[] {
  return wrap(text, 98 - head.length).map((line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}`);
}

const byKind = ({ billed }: Side): Readonly<Record<string, number>> => billed.byKind ?? {};

/** Returns every key of any of the objects, in the order they first appear. */
function names<T>(all: readonly T[], of: (each: T) => Readonly<Record<string, number>>): string[] {
  return [...new Set(all.flatMap((each) => Object.keys(of(each))))];
}

const amount = (value: number | undefined): string => (value === undefined ? '-' : value.toLocaleString('en-US'));
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
