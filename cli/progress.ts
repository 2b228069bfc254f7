import type { Progress } from '@etl/pipeline/manifest';
import { shareRead, sumOfProgress } from '@etl/pipeline/progress';
import type { RunStatus } from '@etl/pipeline/runStatus';
import type { TaskReport } from '../client/taskReports';

/**
 * Returns the status with the progress of the reports if they are ahead of the workflow, which receives progress at
 * most four times.
 */
export function withReports(status: RunStatus, reports: readonly TaskReport[]): RunStatus {
  const reported = status.shards ? ofShards(status.shards.of, reports) : ofLaunch(status, reports);
  const isFurther = reported && reported.bytesRead >= (status.progress?.bytesRead ?? 0);
  return isFurther ? { ...status, progress: reported } : status;
}

/** Returns the progress of the current launch. Reports of an earlier launch may arrive late. */
function ofLaunch({ step, generation }: RunStatus, reports: readonly TaskReport[]): Progress | undefined {
  if (step !== 'transform') return undefined;
  return reports.find((report) => !report.ofChild && report.generation === generation)?.progress;
}

/** Returns the progress of all shards, once each of them has reported: until then, their total size is unknown. */
function ofShards(of: number, reports: readonly TaskReport[]): Progress | undefined {
  const shards = progressOf(reports.filter(({ ofChild }) => ofChild));
  return shards.length === of ? sumOfProgress(shards) : undefined;
}

/**
 * Returns the share read of the files under way, from 0 to 1, based on the files that have reported; undefined before
 * the first report.
 */
export function shareOfFiles(reports: readonly TaskReport[]): number | undefined {
  const sum = sumOfProgress(progressOf(reports.filter(({ ofChild, isOpen }) => ofChild && isOpen)));
  return sum && shareRead(sum);
}

/** Returns the progress of reports. A closed child has read everything, whatever it reported last. */
function progressOf(reports: readonly TaskReport[]): Progress[] {
  return reports.flatMap(({ progress, isOpen }) =>
    progress ? [isOpen ? progress : { ...progress, bytesRead: progress.bytesTotal }] : [],
  );
}
