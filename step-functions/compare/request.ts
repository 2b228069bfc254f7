import type { MessageLanguage } from '@etl/pipeline/messages/languages';
/** One event to be run by one engine, with a separate destination. */
export interface CompareRequest {
  /** URI of the source, `file:///…`. */
  readonly file: string;
  readonly batchDate: string;
  readonly dataset?: string;
  /** Folder of the dataset declarations, `file:///…`; absent: none are declared. */
  readonly datasetsFolder?: string;
  /** Further keys of the event's detail. */
  readonly options: Readonly<Record<string, unknown>>;
  /** URI of the side's own destination folder. */
  readonly destination: string;
  /** Image of the tasks on ministack. @default the ETL's image is built */
  readonly image?: string;
  /** Folder for the side's state and logs. */
  readonly workDir: string;
  /** Factor of waits: 0.01 shortens 60 s to 0.6 s. */
  readonly timeScale: number;
  readonly messageLanguage: MessageLanguage;
  log(line: string): void;
  readonly signal: AbortSignal;
}
