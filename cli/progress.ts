import type { Progress } from '@etl/pipeline/manifest';
import { shareRead, sumOfProgress } from '@etl/pipeline/progress';
import type { RunStatus } from '@etl/pipeline/runStatus';
import type { TaskReport } from './taskReports';

/** Returns the status with the progress of the reports where they know more than the workflow, which hears of it at most four times. */
export function withReports(status: RunStatus, reports: readonly TaskReport[]): RunStatus {
  const reported = status.shards ? ofShards(status.shards.of, reports) : ofLaunch(status, reports);
  const isFurther = reported && reported.bytesRead >= (status.progress?.bytesRead ?? 0);
  return isFurther ? { ...status, progress: reported } : status;
}

/** A report of an earlier launch may come late. */
function ofLaunch({ step, generation }: RunStatus, reports: readonly TaskReport[]): Progress | undefined {
  if (step !== 'transform') return undefined;
  return reports.find((report) => !report.ofChild && report.generation === generation)?.progress;
}

/** Of all shards, once each of them has reported: before that their total size is not known. */
function ofShards(of: number, reports: readonly TaskReport[]): Progress | undefined {
  const shards = progressOf(reports.filter(({ ofChild }) => ofChild));
  return shards.length === of ? sumOfProgress(shards) : undefined;
}

/** Returns the share that is read of the files under way, from 0 to 1, as far as it is known; undefined before the first report. */
export function shareOfFiles(reports: readonly TaskReport[]): number | undefined {
  const sum = sumOfProgress(progressOf(reports.filter(({ ofChild, isOpen }) => ofChild && isOpen)));
  return sum && shareRead(sum);
}

/** Of what has ended everything is read, whatever was reported last. */
function progressOf(reports: readonly TaskReport[]): Progress[] {
  return reports.flatMap(({ progress, isOpen }) =>
    progress ? [isOpen ? progress : { ...progress, bytesRead: progress.bytesTotal }] : [],
  );
}
