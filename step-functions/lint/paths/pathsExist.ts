import { own } from '@etl/lib/own';
import type { Fields } from '../../definition/fields';
import { type Definition, integrationOf, usesJsonPath } from '../definition';
import { describeCatch } from '../describeCatch';
import type { Rule } from '../finding';
import { shapesAtEntry } from './dataFlow';
import { parsePath } from './expressions';
import { isPresent, type Read, readsOf } from './reads';
import { at, type Shape } from './shape';
import { type Flow, flows } from './transfer';

/** Requires that every path a state reads is written on every way to the state. */
export const pathsExist: Rule = (machine) => {
  const entries = shapesAtEntry(machine);
  return Object.entries(machine.states).flatMap(([state, fields]) => {
    const input = entries.get(state);
    if (!input || !usesJsonPath(machine, fields)) return [];
    const missing = readsOf(fields, input).filter((read) => !isPresent(read));
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
    return 'but an error may have no Cause: read the whole error with States.JsonToString';
  }
  const loss = findLoss(machine, entries, state, path.names);
  return loss === undefined
    ? 'which no earlier state writes: write it first, or read a path that exists'
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
  ResultPath === undefined ? '"OutputPath": "$.Payload"' : 'a ResultSelector such as "valid.$": "$.Payload.valid"';

function describeLoss({ state, flow }: Loss, fields: Fields, names: readonly string[]): string {
  const { transition } = flow;
  const place = typeof fields.ResultPath === 'string' ? parsePath(fields.ResultPath).names : [];
  if (transition.kind !== 'catch' && isEnvelope(fields) && place.every((name, index) => name === names[index])) {
    const within = ['$', ...place, 'Payload'].join('.');
    const path = [within, ...names.slice(place.length)].join('.');
    const before = fields.ResultPath === undefined ? ', or set a ResultPath to keep the earlier data' : '';
    return `but ${state} returns the function's result in an envelope: read ${path}, or unwrap it (${unwrapping(fields)})${before}`;
  }
  if (!replacesAll(fields, flow)) return `which ${state} drops: write it elsewhere, or read a path that exists`;
  return transition.kind === 'catch'
    ? `which ${describeCatch(state, transition.catcher)} overwrites: set a ResultPath such as "$.error"`
    : `which the result of ${state} overwrites: set a ResultPath such as "$.result"`;
}
