import type { HeadInspection } from '@etl/pipeline/csv/inspectHead';
import type { Options } from '@etl/pipeline/options';

export interface InspectionRequest {
  readonly bytes: Uint8Array;
  readonly options: Options & { readonly complete: boolean };
}

export type InspectionAnswer =
  | { readonly inspection: HeadInspection }
  /** The stack of an error that is not about the file. */
  | { readonly failure: string };
