import { details, type Markdown, paragraphs } from '@etl/lib/text/markdown';
import { setCurrentDetails } from '@temporalio/workflow';

/** Shows paragraphs in the Web UI as the current details of the workflow. `Markdown` values are already escaped. */
export function showDetails(...parts: readonly Markdown[]): void {
  setCurrentDetails(details(paragraphs(parts)));
}
