import { firstOf } from '@etl/lib/capped';
import { type Fact, messageLine, messageValue } from '@etl/lib/text/messageLine';
import { approveCommand } from '../approval';
import { lateCommand } from '../calendar/lateAlert';
import { topics } from '../definition';
import type { NextStep } from '../endOfRun';
import { remedies } from '../failures/remedies';
import { describeLaunch } from '../launches';
import { describeBatch } from './batch';
import { labelled } from './labelled';
import { defaultLanguage, languages, type MessageLanguage } from './languages';
import type { LateOutcome, Message, Outcome, Subject } from './outcome';
import type { Label, MessageTexts } from './texts';

const maxReasons = 20;

export interface MessageOptions {
  /** @default 'es' */
  readonly language?: MessageLanguage;
  /** URL of the run in the Web UI. */
  readonly runUrl?: string | undefined;
  /** What an operator does next. */
  readonly next?: NextStep | undefined;
}

/** Returns the notification of an outcome. */
export function composeMessage(outcome: Outcome, subject: Subject, options: MessageOptions = {}): Message {
  const { language = defaultLanguage, runUrl, next } = options;
  const texts = languages[language];
  const [firstLine, title, facts] = describe(outcome, subject, texts);
  const fact = labelled(texts);
  const ofFile: readonly Fact[] = [
    fact('batchDate', subject.batchDate ?? texts.unknown),
    fact('dataset', subject.dataset ?? texts.unknown),
    ...(isOfDataset(outcome) ? [] : [fact('source', subject.source ?? texts.unknown)]),
    ...(subject.owner === undefined ? [] : [fact('owner', subject.owner)]),
  ];
  const common: readonly Fact[] = [
    ...(outcome.kind === 'batch' ? [] : ofFile),
    fact('run', `${subject.workflowId} (${subject.runId})`),
    ...(runUrl ? [fact('link', runUrl)] : []),
  ];
  return {
    topic: isGood(outcome) ? topics.success : topics.alerts,
    subject: asciiSubject(title),
    body: [
      messageValue(firstLine),
      '',
      ...[...common, ...facts, ...nextFacts(next ?? answerTo(outcome, subject), texts)].map(messageLine),
    ].join('\n'),
    attributes: attributesOf(outcome, subject),
  };
}

/** SNS rejects empty values and characters outside XML 1.0. */
function attributesOf(
  outcome: Outcome,
  { workflowId, runId, batchDate, dataset, owner }: Subject,
): Record<string, string> {
  const failureType = outcome.kind === 'invalid' ? 'InvalidInput' : 'failureType' in outcome && outcome.failureType;
  const ended = outcome.kind === 'batch' && outcome.ended;
  const values = { outcome: outcome.kind, workflowId, runId, batchDate, dataset, owner, failureType, ended };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value ? [[name, messageValue(value)]] : [])),
  );
}

/** A batch without files is an alert: it looks the same as a feed that did not arrive. */
function isGood(outcome: Outcome): boolean {
  return outcome.kind === 'success' || (outcome.kind === 'batch' && outcome.ended === 'delivered');
}

function describe(outcome: Outcome, subject: Subject, texts: MessageTexts): [string, string, readonly Fact[]] {
  const { firstLines, titles, unknown } = texts;
  const batch = [subject.dataset, subject.batchDate].filter(Boolean).join(' ') || unknown;
  const batchDate = subject.batchDate ?? unknown;
  const fact = labelled(texts);
  switch (outcome.kind) {
    case 'batch': {
      const [firstLine, facts] = describeBatch(outcome, texts);
      return [firstLine, firstLine, facts];
    }
    case 'success':
      return [firstLines.success(batchDate), titles.success(batch), successFacts(outcome, texts)];
    case 'invalid':
      return [firstLines.invalid(), titles.invalid(batch), listed('reason', outcome.reasons, texts)];
    case 'held':
      return [
        firstLines.held(batchDate),
        titles.held(batch),
        [fact('reason', outcome.reason), fact('deadline', outcome.until)],
      ];
    case 'neverStarted':
    case 'late':
      return [firstLines[outcome.kind](batchDate), titles[outcome.kind](batch), lateFacts(outcome, subject, texts)];
    case 'failure':
    case 'cancelled':
      return [
        firstLines.failure(outcome.failureType),
        titles.failure(batch, outcome.failureType),
        failureFacts(outcome, texts),
      ];
  }
}

/** Returns what follows a request for approval, whichever version of the workflow sends it. */
function answerTo({ kind }: Outcome, { workflowId }: Subject): NextStep | undefined {
  return kind === 'held' ? { text: remedies.Held.first, command: approveCommand(workflowId) } : undefined;
}

function nextFacts(next: NextStep | undefined, texts: MessageTexts): readonly Fact[] {
  if (!next) return [];
  const { text, command } = next;
  const fact = labelled(texts);
  return [fact('next', text), ...(command === undefined ? [] : [fact('command', command)])];
}

/** Returns whether the outcome concerns all files of a dataset. */
const isOfDataset = ({ kind }: Outcome): boolean => kind === 'late' || kind === 'neverStarted';

function lateFacts(
  { kind, state, startsAt, deadlineAt }: LateOutcome,
  { dataset = '', batchDate = '' }: Subject,
  texts: MessageTexts,
): readonly Fact[] {
  const fact = labelled(texts);
  return [
    fact('scheduled', startsAt),
    ...(deadlineAt === undefined ? [] : [fact('deadline', deadlineAt)]),
    fact('state', state),
    fact('command', lateCommand(kind, dataset, batchDate)),
  ];
}

function failureFacts(
  outcome: Extract<Outcome, { kind: 'failure' | 'cancelled' }>,
  texts: MessageTexts,
): readonly Fact[] {
  const { taskArn, generation, exitCode, stoppedReason, console, launches = [], logTail } = outcome.evidence;
  const facts: readonly (readonly [Label, Fact[1] | undefined])[] = [
    ['failureType', outcome.failureType],
    ['reason', outcome.reason],
    ['task', taskArn],
    ['launch', generation],
    ['exitCode', exitCode],
    ['stoppedReason', stoppedReason],
    ['console', console],
    ['launches', launches.length > 1 ? launches.map(describeLaunch) : undefined],
    ['log', logTail.length > 0 ? logTail : undefined],
  ];
  const fact = labelled(texts);
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [fact(label, value)]));
}

function successFacts(outcome: Extract<Outcome, { kind: 'success' }>, texts: MessageTexts): readonly Fact[] {
  const { totals, quality, sinks = [] } = outcome;
  const applied = sinks.map(({ sink, detail }) => `${sink}: ${detail}`);
  const fact = labelled(texts);
  return [
    fact('rowsRead', totals.rowsRead),
    fact('rowsWritten', totals.rowsWritten),
    fact('rowsBlank', totals.rowsBlank),
    fact('rowsRejected', totals.rowsRejected),
    fact('datesCoerced', totals.datesCoerced),
    ...(quality ? [fact('quality', texts.quality(quality))] : []),
    fact('parts', outcome.parts),
    fact('data', outcome.published),
    ...listed('sink', applied, texts),
    ...listed('warning', outcome.warnings, texts),
  ];
}

function listed(label: Label, lines: readonly string[], texts: MessageTexts): readonly Fact[] {
  const { shown, more } = firstOf(lines, maxReasons);
  return [...shown, ...(more > 0 ? [texts.more(more)] : [])].map((line) => labelled(texts)(label, line));
}

function asciiSubject(text: string): string {
  const ascii = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^\x20-\x7e]+/g, '?');
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
}
