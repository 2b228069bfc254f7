import { approveCommand } from './approval';
import { type BatchOutcome, describeBatch } from './batch/batchMessage';
import { firstOf } from './capped';
import { type Topic, topics } from './definition';
import type { Evidence } from './evidence';
import type { FailureType } from './failures';
import { describeLaunch } from './launches';
import type { Totals } from './manifest';
import { type Fact, messageLine, messageValue } from './text/messageLine';

/** What became of a run, as the workflow tells it. */
export type Outcome =
  | {
      readonly kind: 'success';
      readonly totals: Totals;
      readonly parts: number;
      readonly published: string;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly reasons: readonly string[] }
  /** A quality gate wants approval: no end yet. `until` in ISO 8601. */
  | { readonly kind: 'held'; readonly reason: string; readonly until: string }
  | {
      readonly kind: 'failure' | 'cancelled';
      readonly failureType: FailureType;
      readonly reason: string;
      readonly evidence: Evidence;
    }
  | BatchOutcome;

/** Which run and batch it is about; an event that could not be read may lack any of the batch. */
export interface Subject {
  readonly workflowId: string;
  readonly runId: string;
  readonly batchDate?: string;
  readonly dataset?: string;
  readonly source?: string;
}

/** SNS: the subject is ASCII, under 100 characters, without line breaks; attributes are for machines. */
export interface Message {
  readonly topic: Topic;
  readonly subject: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The first lines are fixed: both engines send exactly these. */
export const firstLines = {
  success: (batchDate: string) => `ETL completado para ${batchDate}`,
  invalid: () => 'Datos de entrada inválidos - verificar formato',
  held: (batchDate: string) => `ETL retenido para ${batchDate}: pendiente de aprobación`,
  failure: (error: string) => `ETL FALLIDO: ${error}`,
} as const;

/** The subject's words; `batch` is what names the batch. */
export const titles = {
  success: (batch: string) => `ETL completado: ${batch}`,
  invalid: (batch: string) => `Datos de entrada invalidos: ${batch}`,
  held: (batch: string) => `ETL retenido, pendiente de aprobacion: ${batch}`,
  failure: (batch: string, error: string) => `ETL FALLIDO: ${batch} (${error})`,
} as const;

/** In the place of what an unreadable event does not say. */
export const unknown = '(desconocido)';
const maxReasons = 20;

/** The message for an outcome; `runUrl` links to the run where an address of the Web UI is known. */
export function composeMessage(outcome: Outcome, subject: Subject, runUrl?: string): Message {
  const batch = [subject.dataset, subject.batchDate].filter(Boolean).join(' ') || unknown;
  const [firstLine, title, facts] = describe(outcome, subject, batch);
  const ofFile: readonly Fact[] = [
    ['Fecha de lote', subject.batchDate ?? unknown],
    ['Conjunto', subject.dataset ?? unknown],
    ['Origen', subject.source ?? unknown],
  ];
  const common: readonly Fact[] = [
    ...(outcome.kind === 'batch' ? [] : ofFile),
    ['Ejecución', `${subject.workflowId} (${subject.runId})`],
    ...(runUrl ? [['Enlace', runUrl] as const] : []),
  ];
  return {
    topic: isGood(outcome) ? topics.success : topics.alerts,
    subject: asciiSubject(title),
    body: [messageValue(firstLine), '', ...[...common, ...facts].map(messageLine)].join('\n'),
    attributes: attributesOf(outcome, subject),
  };
}

/** SNS refuses characters that XML 1.0 does not have, and empty values. */
function attributesOf(outcome: Outcome, { workflowId, runId, batchDate, dataset }: Subject): Record<string, string> {
  const failureType = outcome.kind === 'invalid' ? 'InvalidInput' : 'failureType' in outcome && outcome.failureType;
  const ended = outcome.kind === 'batch' && outcome.ended;
  const values = { outcome: outcome.kind, workflowId, runId, batchDate, dataset, failureType, ended };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value ? [[name, messageValue(value)]] : [])),
  );
}

/** A batch that found no file is none: a feed that did not come looks like this. */
function isGood(outcome: Outcome): boolean {
  return outcome.kind === 'success' || (outcome.kind === 'batch' && outcome.ended === 'delivered');
}

function describe(outcome: Outcome, subject: Subject, batch: string): [string, string, readonly Fact[]] {
  switch (outcome.kind) {
    case 'batch':
      return describeBatch(outcome);
    case 'success':
      return [firstLines.success(subject.batchDate ?? unknown), titles.success(batch), successFacts(outcome)];
    case 'invalid':
      return [firstLines.invalid(), titles.invalid(batch), listed('Motivo', outcome.reasons)];
    case 'held':
      return [
        firstLines.held(subject.batchDate ?? unknown),
        titles.held(batch),
        [
          ['Motivo', outcome.reason],
          ['Plazo', outcome.until],
          ['Aprobar', approveCommand(subject.workflowId)],
        ],
      ];
    case 'failure':
    case 'cancelled':
      return [
        firstLines.failure(outcome.failureType),
        titles.failure(batch, outcome.failureType),
        failureFacts(outcome),
      ];
  }
}

function failureFacts(outcome: Extract<Outcome, { kind: 'failure' | 'cancelled' }>): readonly Fact[] {
  const { taskArn, generation, exitCode, stoppedReason, console, launches = [], logTail } = outcome.evidence;
  const facts: readonly (readonly [string, Fact[1] | undefined])[] = [
    ['Tipo de fallo', outcome.failureType],
    ['Motivo', outcome.reason],
    ['Tarea', taskArn],
    ['Lanzamiento', generation],
    ['Código de salida', exitCode],
    ['Motivo de la parada', stoppedReason],
    ['Consola', console],
    ['Lanzamientos', launches.length > 1 ? launches.map(describeLaunch) : undefined],
    ['Registro', logTail.length > 0 ? logTail : undefined],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function successFacts(outcome: Extract<Outcome, { kind: 'success' }>): readonly Fact[] {
  const { totals } = outcome;
  return [
    ['Filas leídas', totals.rowsRead],
    ['Filas escritas', totals.rowsWritten],
    ['Filas vacías', totals.rowsBlank],
    ['Filas rechazadas', totals.rowsRejected],
    ['Fechas anuladas', totals.datesCoerced],
    ['Partes', outcome.parts],
    ['Datos', outcome.published],
    ...listed('Aviso', outcome.warnings),
  ];
}

function listed(name: string, lines: readonly string[]): readonly Fact[] {
  const { shown, more } = firstOf(lines, maxReasons);
  return [...shown, ...(more > 0 ? [`… y ${more} más`] : [])].map((line): Fact => [name, line]);
}

function asciiSubject(text: string): string {
  const ascii = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^\x20-\x7e]+/g, '?');
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
}
