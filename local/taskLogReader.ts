import { open } from 'node:fs/promises';
import { taskLogPath } from '@etl/fargate/state/taskStore';
import type { TaskLogReader } from '../activities/ports';

/** Bytes that one page reads at most. */
const pageBytes = 1024 * 1024;

/** Reads the complete logs of the local endpoint's tasks below its state folder. A position is a byte offset. */
export function createLocalLogReader(ecsStateDir: string): TaskLogReader {
  return {
    async read(taskArn, after = '0') {
      const file = await open(taskLogPath(ecsStateDir, taskArn)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (!file) return undefined;
      try {
        const from = Number(after);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(pageBytes), 0, pageBytes, from);
        // The last line may be incomplete: the next page begins with it. A page of one incomplete line is all there is.
        const complete = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
        const end = complete === 0 ? bytesRead : complete;
        const text = buffer.subarray(0, end).toString('utf8');
        const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
        return { lines, next: String(from + end), isEnd: bytesRead === 0 };
      } finally {
        await file.close();
      }
    },
  };
}
