import type { Checks } from '../../quality/checks';
import type { ColumnPlan } from '../../types/schema';
import type { FieldDialect } from '../engine';
import type { GroupContent } from './readGroup';

/** A message to a reading thread. Bytes are transferred there and back without a copy. */
export interface ReadRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly plans: readonly ColumnPlan[];
}

export interface ReadAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly found?: GroupContent;
  readonly failure?: string;
}

export interface ThreadData {
  readonly dialect: FieldDialect;
  readonly checks?: Checks | undefined;
}
