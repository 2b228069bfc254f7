import type { Dataset } from './declaration';
import { compilePattern, type SourceMatch, type SourcePattern } from './sourcePattern';

/** A declaration that cannot be used. */
export interface BrokenDataset {
  readonly name: string;
  /** Each begins with file, line and column. */
  readonly problems: readonly string[];
  /** The source pattern, if it can be read despite the problems. Other files are not affected by them. */
  readonly pattern?: string;
}

/** Which dataset a file belongs to. */
export type DatasetOf =
  | { readonly kind: 'declared'; readonly dataset: Dataset; readonly match: SourceMatch }
  /** Files of a dataset that is not declared are converted with the keys of their event only. */
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] }
  /**
   * A declaration with an error might declare the file. `isMatch`: whether the declaration names the file, by its name or
   * its pattern. `name`: the dataset, if exactly one such declaration names the file.
   */
  | {
      readonly kind: 'unknown';
      readonly problems: readonly string[];
      readonly isMatch: boolean;
      readonly name?: string;
    };

interface Compiled {
  readonly dataset: Dataset;
  readonly pattern: SourcePattern;
}

/** The declared datasets, as one reading of their files found them. */
export class Datasets {
  private readonly compiled: readonly Compiled[];
  private readonly brokenPatterns: ReadonlyMap<BrokenDataset, SourcePattern>;
  /** Declarations that cannot be used, with the reasons. */
  readonly broken: readonly BrokenDataset[];

  /** @param rawBase base of relative source patterns: S3_RAW_BUCKET */
  constructor(datasets: readonly Dataset[], broken: readonly BrokenDataset[], rawBase: string | undefined) {
    const compiled = datasets.map((dataset) => {
      const pattern = compilePattern(dataset.declaration.source.pattern, rawBase);
      return { dataset, pattern };
    });
    this.compiled = compiled.filter((each): each is Compiled => typeof each.pattern !== 'string');
    const unusable = compiled.flatMap(({ dataset: { name, file }, pattern }) =>
      typeof pattern === 'string' ? [{ name, problems: [`${file}: source.pattern: ${pattern}`] }] : [],
    );
    this.broken = [...broken, ...unusable];
    this.brokenPatterns = new Map(
      broken.flatMap((each) => {
        const pattern = each.pattern === undefined ? '' : compilePattern(each.pattern, rawBase);
        return typeof pattern === 'string' ? [] : [[each, pattern]];
      }),
    );
  }

  /** Returns all datasets that can be used, by name. */
  all(): readonly Dataset[] {
    return this.compiled.map(({ dataset }) => dataset);
  }

  /** Returns the pattern of a dataset that can be used. */
  pattern(name: string): SourcePattern | undefined {
    return this.compiled.find(({ dataset }) => dataset.name === name)?.pattern;
  }

  /** Returns why files of a dataset are refused: the pattern of another dataset matches them, too. */
  overlapOf(name: string): string | undefined {
    const own = this.pattern(name);
    for (const { dataset, pattern } of this.compiled) {
      if (!own || dataset.name === name) continue;
      const file = [own.example, pattern.example].find((each) => own.match(each) && pattern.match(each));
      if (file === undefined) continue;
      return `matches files of ${dataset.name}, too, such as ${file}: make the source patterns exclude each other`;
    }
    return undefined;
  }

  /** Returns the dataset of a file. `name`: the dataset that its event names, whose pattern need not match the file. */
  of(uri: string, name?: string): DatasetOf {
    if (name !== undefined) return this.named(uri, name);
    const found = this.compiled.flatMap(({ dataset, pattern }) => {
      const match = pattern.match(uri);
      return match ? [{ kind: 'declared' as const, dataset, match }] : [];
    });
    const [first, second] = found;
    if (second) return { kind: 'ambiguous', names: found.map(({ dataset }) => dataset.name) };
    if (first) return first;
    const matching = this.broken.filter((each) => this.brokenPatterns.get(each)?.match(uri));
    const possible = [...matching, ...this.broken.filter((each) => !this.brokenPatterns.has(each))];
    const problems = possible.flatMap((each) => each.problems);
    if (problems.length === 0) return { kind: 'undeclared' };
    const [only, another] = matching;
    const named = only && !another ? { name: only.name } : {};
    return { kind: 'unknown', problems, isMatch: matching.length > 0, ...named };
  }

  private named(uri: string, name: string): DatasetOf {
    const found = this.compiled.find(({ dataset }) => dataset.name === name);
    if (found) return { kind: 'declared', dataset: found.dataset, match: found.pattern.match(uri) ?? {} };
    const broken = this.broken.find((each) => each.name === name);
    return broken ? { kind: 'unknown', problems: broken.problems, isMatch: true, name } : { kind: 'undeclared' };
  }
}

/** Returns the name of the dataset that a file belongs to, also if its declaration has errors; undefined if it is unknown. */
export function datasetNameOf(found: DatasetOf): string | undefined {
  if (found.kind === 'declared') return found.dataset.name;
  return found.kind === 'unknown' ? found.name : undefined;
}

/** No dataset is declared. */
export const noDatasets = new Datasets([], [], undefined);
