import type { Batch } from './layout';
import type { BatchEnd } from './messages/outcome';

/** How Temporal indexes a search attribute. */
export type AttributeType = 'KEYWORD' | 'INT' | 'DOUBLE';

interface SearchAttribute {
  readonly type: AttributeType;
  /** Question of an operator that needs the attribute, for docs/web-ui.md. */
  readonly question: string;
}

/**
 * Search attributes of runs. Temporal indexes them unencrypted. A server with a SQL database has room for ten of type
 * Keyword, three of type Int and three of type Double, which all programs of a namespace share.
 */
export const searchAttributes = {
  EtlDataset: { type: 'KEYWORD', question: 'How did the runs of this dataset end?' },
  EtlBatchDate: { type: 'KEYWORD', question: 'Which runs of this day failed, or are still open?' },
  EtlSource: { type: 'KEYWORD', question: 'How did this file end on the other days?' },
  EtlOwner: { type: 'KEYWORD', question: 'Which failures does my team have to look at?' },
  EtlOutcome: { type: 'KEYWORD', question: 'Which runs wait for an approval? Which batch found no file?' },
  EtlFailureType: { type: 'KEYWORD', question: 'What else failed for the same reason?' },
  EtlRowsWritten: { type: 'INT', question: 'Which deliveries were empty, or unusually small?' },
  EtlCostUsd: { type: 'DOUBLE', question: 'Which runs were expensive?' },
} as const satisfies Readonly<Record<string, SearchAttribute>>;

export type AttributeName = keyof typeof searchAttributes;

export const attributeNames = Object.keys(searchAttributes) as readonly AttributeName[];

type ValueOf<Type extends AttributeType> = Type extends 'KEYWORD' ? string : number;

export type AttributeValues = {
  readonly [Name in AttributeName]?: ValueOf<(typeof searchAttributes)[Name]['type']> | undefined;
} & { readonly EtlOutcome?: RunOutcome };

/** Values of `EtlOutcome`: how a run ended, or that it waits for an approval (`held`). */
export type RunOutcome =
  | BatchEnd
  /** The batch was already published from this source with these options. */
  | 'alreadyDelivered'
  | 'held'
  | 'invalid'
  /** The reaper found tasks of ended workflows, or none. */
  | 'orphans'
  | 'clean';

/** Longest value of a keyword, in characters: the width of the column in a SQL database. */
const maxKeyword = 255;

/** Returns the search attributes of a batch that is known when its run starts. */
export function attributesOfBatch({ dataset, batchDate, source }: Partial<Batch>): AttributeValues {
  return { EtlDataset: dataset, EtlBatchDate: batchDate, EtlSource: source };
}

/** A search attribute with its value, as Temporal's SDK takes it. */
export type AttributePair = {
  [Type in AttributeType]: { key: { name: string; type: Type }; value: ValueOf<Type> };
}[AttributeType];

/** Returns the values of the registered attributes: a server rejects a call that sets another one. */
export function attributePairs(values: AttributeValues, registered: readonly string[]): AttributePair[] {
  return attributeNames.flatMap((name) => {
    const value = values[name];
    if (value === undefined || !registered.includes(name)) return [];
    const cut = typeof value === 'string' ? value.slice(0, maxKeyword) : value;
    // The types of the table and of the values agree.
    return [{ key: { name, type: searchAttributes[name].type }, value: cut } as AttributePair];
  });
}
