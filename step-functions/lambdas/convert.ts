import { tmpdir } from 'node:os';
import { defaultEngine } from '@etl/image/config/engineNames';
import { failureOf } from '@etl/image/config/failures';
import { openEnvironment } from '@etl/image/config/openEnvironment';
import { detectResources, type Resources, resourcesFor } from '@etl/image/config/resources';
import { BadConfigurationError, StoppedError } from '@etl/image/errors';
import { performDelivery } from '@etl/image/perform';
import { type LogEvent, logLine } from '@etl/image/report/log';
import { resetCpuTime } from '@etl/image/report/usage';
import { lastLines } from '@etl/lib/logTail';
import { withoutOperatorVariables } from '@etl/pipeline/allowedPlacesFrom';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { lambdaMiBPerVcpu } from '@etl/pipeline/routing/estimate';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import type { LightEnd } from '../../activities/ports';

export interface ConvertRequest {
  /** Environment of the container (docs/container.md). */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/**
 * The part of the Lambda context used here.
 *
 * @see AWS Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js function information"
 */
interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

/**
 * Time in milliseconds between the conversion's timeout and the function's. A stopped conversion writes a checkpoint,
 * and the function returns its answer.
 */
const reserveMs = 10_000;
const tailLines = 20;

/**
 * Does the container's work in one invocation of a Lambda function. Returns the exit code of the container. The
 * conversion times out before the function does, so that the function still returns an answer.
 */
export async function handler(
  { environment, timeoutSeconds }: ConvertRequest,
  context: LambdaContext = {},
): Promise<LightEnd> {
  const startedAt = performance.now();
  resetCpuTime();
  const lines: string[] = [];
  const log = (line: LogEvent): void => {
    const text = logLine(line);
    if (line.event !== 'progress') lines.push(text);
    process.stdout.write(`${text}\n`);
  };
  const stopping = new AbortController();
  const remaining = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  const timeMs = Math.max(0, Math.min(timeoutSeconds * 1000, remaining - reserveMs));
  const timer = setTimeout(() => stopping.abort(new StoppedError('timeout')), timeMs);
  const end = await convert(environment, log, stopping.signal).finally(() => clearTimeout(timer));
  const memoryMiB = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return {
    ...end,
    ...(end.exitCode !== exitCodes.done &&
      stopping.signal.aborted && {
        killedFor: 'timeout' as const,
        reason: `the conversion was still running after ${Math.round(timeMs / 1000)} s and was stopped`,
      }),
    seconds: (performance.now() - startedAt) / 1000,
    ...(memoryMiB > 0 && { memoryMiB }),
    logTail: lastLines(lines, tailLines),
  };
}

async function convert(
  environment: ConvertRequest['environment'],
  log: (line: LogEvent) => void,
  signal: AbortSignal,
): Promise<Pick<LightEnd, 'exitCode' | 'reason'>> {
  // /tmp persists between invocations: files left by one would reduce the space of the next.
  const scratch = await makeScratchFolder(tmpdir());
  try {
    // The function's own configuration decides what it may read and write. The caller must not extend it.
    const { env, store } = await openEnvironment({ ...process.env, ...withoutOperatorVariables(environment) });
    if (env.engine !== defaultEngine) {
      throw new BadConfigurationError(
        `invalid environment: ETL_ENGINE: the function has only ${defaultEngine}: unset it`,
      );
    }
    const delivery = await performDelivery({ env, store, scratch, resources: resources(), log, signal });
    log({ event: 'finished', ...delivery });
    return { exitCode: exitCodes.done };
  } catch (error) {
    const failure = failureOf(error);
    log({ event: 'failed', ...failure });
    return { exitCode: failure.exitCode, reason: failure.cause };
  } finally {
    await removeScratchFolder(scratch);
  }
}

/** A function reports more processors than its memory size pays for. */
function resources(): Resources {
  const memoryMiB = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return memoryMiB > 0 ? resourcesFor(memoryMiB, memoryMiB / lambdaMiBPerVcpu) : detectResources();
}
