import type { Fact } from '../text/messageLine';
import { roundUsd } from './fileResult';
import { type BatchSummary, filesFound, missed } from './summary';

/** How a batch ended: `empty` for one that found no file, `tooFew` for one that found some, and fewer than it should. */
export type BatchEnd = 'delivered' | 'incomplete' | 'empty' | 'tooFew' | 'cancelled' | 'failed';

/** What a batch tells about itself. */
export interface BatchOutcome {
  readonly kind: 'batch';
  readonly ended: BatchEnd;
  /** Still with the placeholders of the day. */
  readonly prefix: string;
  readonly summary: BatchSummary;
  readonly failureType?: string;
  /** Why it could not go on, or has found too few files. */
  readonly reason?: string;
}

const maxShown = 20;

/** First line, words of the subject, and facts, as `composeMessage` puts them together. */
export function describeBatch(outcome: BatchOutcome): [string, string, readonly Fact[]] {
  const { summary } = outcome;
  const { from, to } = summary.dates;
  const days = from === to ? from : `${from} a ${to}`;
  const firstLine = {
    delivered: `Lote completado para ${days}`,
    incomplete: `Lote INCOMPLETO para ${days}: ${missed(summary)} de ${summary.files} ficheros sin entregar`,
    empty: `Lote SIN FICHEROS para ${days}`,
    tooFew: `Lote INCOMPLETO para ${days}: solo ${filesFound(summary)} ficheros`,
    cancelled: `Lote CANCELADO para ${days}`,
    failed: `Lote FALLIDO para ${days}: ${outcome.failureType ?? 'ServiceUnavailable'}`,
  }[outcome.ended];
  return [firstLine, firstLine, facts(outcome)];
}

function facts({ prefix, summary, reason }: BatchOutcome): readonly Fact[] {
  const more = missed(summary) - Math.min(summary.problems.length, maxShown);
  return [
    ['Prefijo', prefix],
    ...(reason === undefined ? [] : [['Motivo', reason] as const]),
    ['Ficheros', summary.files],
    ['Entregados', summary.delivered],
    ['Omitidos', summary.skipped],
    ['Inválidos', summary.invalid],
    ['Fallidos', summary.failed],
    ['Cancelados', summary.cancelled],
    ['Filas escritas', summary.rowsWritten],
    ['Filas rechazadas', summary.rowsRejected],
    ['Coste estimado (USD)', roundUsd(summary.costUsd)],
    ...(summary.results === undefined ? [] : [['Resultados', summary.results] as const]),
    ...(summary.warnings ?? []).map((warning): Fact => ['Aviso', warning]),
    ...summary.problems
      .slice(0, maxShown)
      .map(
        ({ uri, failureType, reason }): Fact => ['Sin entregar', [uri, failureType, reason].filter(Boolean).join(': ')],
      ),
    ...(more > 0 ? [['Sin entregar', `… y ${more} más`] as const] : []),
  ];
}
