import { open } from 'node:fs/promises';
import { taskLogPath } from '@etl/fargate/state/taskStore';
import { lastLines } from '@etl/lib/logTail';
import type { TaskLogs } from '../activities/ports';

const tailBytes = 64 * 1024;

/** Reads the logs of the local endpoint's tasks below its state folder. Reads only the end of a log. */
export function createLocalTaskLogs(ecsStateDir: string): TaskLogs {
  return {
    async tail(taskArn, lines) {
      try {
        const file = await open(taskLogPath(ecsStateDir, taskArn));
        try {
          const { size } = await file.stat();
          const start = Math.max(0, size - tailBytes);
          const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
          const text = buffer.subarray(0, bytesRead).toString('utf8');
          return lastLines(text.split('\n'), lines);
        } finally {
          await file.close();
        }
      } catch {
        return []; // without a log there is no tail; the cause is reported elsewhere
      }
    },
  };
}
