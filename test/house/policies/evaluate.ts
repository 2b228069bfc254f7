/** The part of the policy language that our documents use. Anything else is an error, not a silent grant. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly Service: string | readonly string[] };
  readonly Action: string | readonly string[];
  /** Absent in trust policies. */
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Request {
  readonly action: string;
  readonly resource?: string;
  /** The service that makes the request, for trust policies. */
  readonly principal?: string;
  /** Condition keys of the request: `ecs:cluster`, `aws:ResourceTag/etl:namespace`. */
  readonly context?: Readonly<Record<string, string>>;
}

const known = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

/**
 * Returns whether policies together allow a request: some statement allows it, and none denies it.
 * Source: AWS Identity and Access Management User Guide, "Policy evaluation logic".
 * @throws {Error} for policy elements that this evaluator does not support.
 */
export function isAllowed(policies: readonly Policy[], request: Request): boolean {
  const effects = policies.flatMap(({ Statement }) => Statement.filter((each) => applies(each, request)));
  return effects.some(({ Effect }) => Effect === 'Allow') && effects.every(({ Effect }) => Effect !== 'Deny');
}

function applies(statement: Statement, { action, resource, principal, context = {} }: Request): boolean {
  const unknown = Object.keys(statement).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`the evaluator does not know ${unknown.join()}`);
  const { Action, Resource, Principal, Condition = {} } = statement;
  if (!listed(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))) return false;
  if (Resource !== undefined && !listed(Resource).some((pattern) => matches(pattern, resource ?? ''))) return false;
  if (typeof Principal === 'object' && !listed(Principal.Service).includes(principal ?? '')) return false;
  return Object.entries(Condition).every(([name, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(name, context[key], listed(values))),
  );
}

function holds(operator: string, value: string | undefined, wanted: readonly string[]): boolean {
  if (operator === 'Null') return wanted.includes(String(value === undefined));
  if (value === undefined) return false;
  if (operator === 'StringEquals' || operator === 'Bool') return wanted.includes(value);
  if (operator === 'ArnEquals' || operator === 'ArnLike') return wanted.some((pattern) => matches(pattern, value));
  throw new Error(`the evaluator does not know the operator ${operator}`);
}

/** `*` matches any characters, including slashes, and `?` matches one. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);
