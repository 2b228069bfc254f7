import { own } from '@etl/lib/own';
import type { Fields } from '../../definition/fields';
import { type Definition, integrationOf, usesJsonPath } from '../definition';
import { describeCatch } from '../describeCatch';
import type { Rule } from '../finding';
import { shapesAtEntry } from './dataFlow';
import { parsePath } from './expressions';
import { isThere, type Read, readsOf } from './reads';
import { at, type Shape } from './shape';
import { type Flow, flows } from './transfer';

/** Requires that every path a state reads is written on every way to the state. */
export const pathsExist: Rule = (machine) => {
  const entries = shapesAtEntry(machine);
  return Object.entries(machine.states).flatMap(([state, fields]) => {
    const input = entries.get(state);
    if (!input || !usesJsonPath(machine, fields)) return [];
    const missing = readsOf(fields, input).filter((read) => !isThere(read));
    const byText = new Map(missing.map((read) => [`${read.field} ${read.path.text}`, read]));
    return [...byText.values()].map((read) => ({
      rule: 'paths',
      state,
      message: `${read.field} reads ${read.path.text}, ${reason(machine, entries, state, read)}`,
    }));
  });
};

type Entries = ReadonlyMap<string, Shape>;

function reason(machine: Definition, entries: Entries, state: string, { path, from }: Read): string {
  const parent = at(from, path.names.slice(0, -1));
  if (path.names.at(-1) === 'Cause' && parent?.keys.has('Error')) {
    return 'and an error may come without one: read the whole error, by States.JsonToString';
  }
  const loss = findLoss(machine, entries, state, path.names);
  return loss === undefined
    ? 'which nothing has written: write it before, or read what is there'
    : describeLoss(loss, own(machine.states, loss.state) ?? {}, path.names);
}

interface Loss {
  readonly state: string;
  readonly flow: Flow;
}

/** Searches backwards for the nearest transition that lost a path. */
function findLoss(
  machine: Definition,
  entries: Entries,
  state: string,
  names: readonly string[],
  seen = new Set<string>(),
): Loss | undefined {
  seen.add(state);
  for (const [before, input] of entries) {
    const fields = own(machine.states, before);
    if (!fields) continue;
    for (const flow of flows(machine, fields, input)) {
      if (flow.to !== state || at(flow.data, names)) continue;
      if (at(input, names) || replacesAll(fields, flow)) return { state: before, flow };
      const earlier = seen.has(before) ? undefined : findLoss(machine, entries, before, names, seen);
      if (earlier) return earlier;
    }
  }
  return undefined;
}

/** Returns whether a result or a caught error replaces all data. */
function replacesAll({ Type, ResultPath }: Fields, { transition }: Flow): boolean {
  if (transition.kind === 'catch') return transition.catcher.ResultPath === undefined;
  return ['Task', 'Parallel', 'Map'].includes(String(Type)) && ResultPath === undefined;
}

/**
 * Returns whether the output is the envelope of `lambda:invoke`: `Payload`, `StatusCode` and others.
 * @see AWS Step Functions Developer Guide, "Invoke Lambda"
 */
const isEnvelope = (fields: Fields): boolean =>
  integrationOf(fields) === 'lambda:invoke' && fields.ResultSelector === undefined && fields.ResultPath !== null;

const unwrapping = ({ ResultPath }: Fields): string =>
  ResultPath === undefined ? '"OutputPath": "$.Payload"' : 'a ResultSelector with "valid.$": "$.Payload.valid", say';

function describeLoss({ state, flow }: Loss, fields: Fields, names: readonly string[]): string {
  const { transition } = flow;
  const place = typeof fields.ResultPath === 'string' ? parsePath(fields.ResultPath).names : [];
  if (transition.kind !== 'catch' && isEnvelope(fields) && place.every((name, index) => name === names[index])) {
    const within = ['$', ...place, 'Payload'].join('.');
    const path = [within, ...names.slice(place.length)].join('.');
    const before = fields.ResultPath === undefined ? ', or give it a ResultPath for what was there before' : '';
    return `and ${state} answers with an envelope around what the function gives: read ${path}, or unwrap it (${unwrapping(fields)})${before}`;
  }
  if (!replacesAll(fields, flow)) return `which ${state} drops: write it elsewhere, or read what is there`;
  return transition.kind === 'catch'
    ? `which is gone after ${describeCatch(state, transition.catcher)}: give it a ResultPath, "$.error" say`
    : `which is gone after ${state}, whose result replaces all data: give it a ResultPath, "$.result" say`;
}
