import { commitsRoot } from './layout';

/** Names that events and declarations may give: they are folders and parts of workflow IDs. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** Returns why an event or a declaration cannot use a name, without the name; undefined for a valid one. */
export function nameProblem(name: string): string | undefined {
  if (plainName.test(name)) return undefined;
  return 'is not a valid name: use at most 100 letters, digits, _, - and ., with a letter or digit first';
}

/**
 * Returns why no dataset can have a name, declared or derived from a folder, without the name; undefined for any other
 * name. File systems may ignore case.
 */
export function reservedNameProblem(dataset: string): string | undefined {
  return dataset.toLowerCase() === commitsRoot
    ? 'is the name of the folder of commits: choose another name for the dataset'
    : undefined;
}

/** Returns why an event or a declaration cannot use a dataset name; undefined for a valid one. */
export function datasetNameProblem(name: string): string | undefined {
  return nameProblem(name) ?? reservedNameProblem(name);
}
