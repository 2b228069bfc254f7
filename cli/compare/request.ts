import type { MessageLanguage } from '@etl/pipeline/messages/languages';
/** One event, to be run by one engine with a destination of its own. */
export interface CompareRequest {
  /** The source as a URI, `file:///…`. */
  readonly file: string;
  readonly batchDate: string;
  readonly dataset?: string;
  /** Further keys of the event's detail. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The side's own folder, as a URI. */
  readonly destination: string;
  /** What tasks on ministack run; unset: the ETL's image is built. */
  readonly image?: string;
  /** A folder for the side's state and logs. */
  readonly workDir: string;
  /** Shortens waits: 0.01 makes 60 s into 0.6 s. */
  readonly timeScale: number;
  readonly messageLanguage: MessageLanguage;
  say(line: string): void;
  readonly signal: AbortSignal;
}
