/** A fault of a task that takes effect once its programs run. The record stores it; the supervisor injects it. */
export type TaskFault =
  | { readonly fault: 'nullExitCode'; readonly container?: string | undefined }
  | { readonly fault: 'spotInterruption'; readonly afterSeconds: number; readonly noticeSeconds: number }
  | {
      readonly fault: 'outOfMemory';
      readonly afterSeconds: number;
      readonly exitCode: number;
      readonly container?: string | undefined;
    }
  | { readonly fault: 'killed'; readonly afterSeconds: number; readonly container?: string | undefined }
  | { readonly fault: 'hostFailure'; readonly afterSeconds: number }
  | {
      readonly fault: 'slow';
      readonly afterSeconds: number;
      readonly share: number;
      readonly container?: string | undefined;
    }
  | { readonly fault: 'stoppedBySomeone'; readonly afterSeconds: number; readonly reason: string };
