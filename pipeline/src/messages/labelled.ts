import type { Fact } from '@etl/lib/text/messageLine';
import type { Label, MessageTexts } from './texts';

/** Returns a function that makes a line of a message from a label and a value. */
export const labelled =
  ({ labels }: MessageTexts) =>
  (label: Label, value: Fact[1]): Fact => [labels[label], value];
