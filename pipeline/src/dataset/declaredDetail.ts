import type { EventDetail } from '../event';
import type { Datasets } from './datasets';
import type { Dataset } from './declaration';
import { withDeclaration } from './withDeclaration';

export type DeclaredDetail<Detail> =
  | { readonly kind: 'declared'; readonly detail: Detail & { readonly dataset: string }; readonly dataset: Dataset }
  | { readonly kind: 'undeclared'; readonly detail: Detail }
  /** The declarations do not determine how the file is converted. `dataset`: the file's dataset, if it is known. */
  | { readonly kind: 'problem'; readonly problem: string; readonly dataset?: string };

/** Returns the event of a file with the keys that its dataset declares. @param uri canonical URI of the file */
export function declaredDetail<Detail extends Partial<EventDetail>>(
  datasets: Datasets,
  detail: Detail,
  uri: string,
): DeclaredDetail<Detail> {
  const found = datasets.of(uri, detail.dataset);
  switch (found.kind) {
    case 'declared':
      return { kind: 'declared', detail: withDeclaration(found.dataset, detail), dataset: found.dataset };
    case 'undeclared':
      return { kind: 'undeclared', detail };
    case 'ambiguous': {
      const names = found.names.join(' and ');
      const remedy = 'make their source patterns exclude each other, or name the dataset in the event';
      return { kind: 'problem', problem: `${uri}: belongs to several datasets, ${names}: ${remedy}` };
    }
    case 'unknown': {
      const what = found.name ?? 'its dataset';
      const problem = `${uri}: ${what} is not declared correctly: ${found.problems.join('; ')}`;
      return { kind: 'problem', problem, ...(found.name !== undefined && { dataset: found.name }) };
    }
  }
}
