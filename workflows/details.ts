import { code, details, type Markdown, md, paragraphs } from '@etl/lib/text/markdown';
import type { NextStep } from '@etl/pipeline/endOfRun';
import { setCurrentDetails } from '@temporalio/workflow';

/** Shows paragraphs in the Web UI as the current details of the workflow. `Markdown` values are already escaped. */
export function showDetails(...parts: readonly Markdown[]): void {
  setCurrentDetails(details(paragraphs(parts)));
}

/** Returns what an operator does next as a paragraph. */
export function nextStep({ text, command }: NextStep): Markdown {
  return command === undefined ? md`Next: ${text}` : md`Next: ${text}, then ${code(command)}`;
}
