import type { DeclaredSink, Sinks } from '@etl/pipeline/sinks/sink';
import type { SinkState, SinkWriter, SinkWriters } from '../../activities/ports';

/** What a sink does with one application of a commit: all calls with the same token. */
export interface FakeApplication {
  /** Errors of its first calls. */
  readonly errors?: readonly Error[];
  /** Number of polls that find its statement running. Absent: it ends without a statement. */
  readonly polls?: number;
  /** Errors of its first polls. */
  readonly pollErrors?: readonly Error[];
  readonly end: Exclude<SinkState, { state: 'running' }>;
}

export interface FakeSinks {
  readonly writers: SinkWriters;
  /** Tokens of the calls of `apply`, in order, by sink. */
  readonly applied: ReadonlyMap<string, string[]>;
  /** Statements that were submitted, by sink. */
  readonly submitted: ReadonlyMap<string, string[]>;
  readonly cancelled: string[];
}

/** The rest of an application. */
interface Begun {
  readonly errors: Error[];
  readonly pollErrors: Error[];
  polls: number | undefined;
  readonly end: FakeApplication['end'];
}

/** Returns declared sinks with these names, whose databases have the names of the sinks. */
export const fakeSinksOf = (...names: string[]): Sinks =>
  Object.fromEntries(names.map((name) => [name, { type: 'glue', database: name }]));

/**
 * Creates writers that behave as planned. The last planned application of a sink is repeated.
 * @param plans by database of the sink
 */
export function createFakeSinks(plans: Readonly<Record<string, readonly FakeApplication[]>>): FakeSinks {
  const applied = new Map<string, string[]>();
  const submitted = new Map<string, string[]>();
  const cancelled: string[] = [];
  const begun = new Map<string, Begun>();
  const begin = (name: string, token: string) => {
    const known = begun.get(token);
    if (known) return known;
    const plan = plans[name] ?? [];
    const count = new Set(applied.get(name)).size;
    const { errors = [], polls, pollErrors = [], end } = plan[Math.min(count, plan.length) - 1] as FakeApplication;
    const application = { errors: [...errors], polls, pollErrors: [...pollErrors], end };
    begun.set(token, application);
    return application;
  };
  const add = (to: Map<string, string[]>, name: string, item: string) => to.set(name, [...(to.get(name) ?? []), item]);
  const writer: SinkWriter<DeclaredSink> = {
    apply: async (_commit, { database: name }, { token }) => {
      add(applied, name, token);
      const application = begin(name, token);
      const error = application.errors.shift();
      if (error) throw error;
      if (application.polls === undefined) return application.end;
      if (!submitted.get(name)?.includes(token)) add(submitted, name, token);
      return { state: 'running', statement: token };
    },
    poll: async (statement, _commit, { database: name }) => {
      const application = begin(name, statement);
      const error = application.pollErrors.shift();
      if (error) throw error;
      const left = application.polls ?? 0;
      if (left === 0) return application.end;
      application.polls = left - 1;
      return { state: 'running', statement };
    },
    cancel: async (statement) => {
      cancelled.push(statement);
    },
  };
  return { writers: () => writer, applied, submitted, cancelled };
}
