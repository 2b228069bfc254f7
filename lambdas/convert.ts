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
import { exitCodes } from '@etl/pipeline/failures';
import { lambdaMiBPerVcpu } from '@etl/pipeline/routing/estimate';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import type { LightEnd } from '../activities/ports';

export interface ConvertRequest {
  /** The container's (docs/container.md). */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** Source: AWS Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js function information". */
interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

/** The function's time ends so much later than the conversion: a stopped one checkpoints, and its answer has to be sent. */
const reserveMs = 10_000;
const tailLines = 20;

/**
 * The container's work in one call of a Lambda function. Answers with the exit code that the container would have ended with; its
 * time is over a little before the function's, so that there is an answer then, too.
 */
export async function handler(
  { environment, timeoutSeconds }: ConvertRequest,
  context: LambdaContext = {},
): Promise<LightEnd> {
  const startedAt = performance.now();
  resetCpuTime();
  const lines: string[] = [];
  const say = (line: LogEvent): void => {
    const text = logLine(line);
    if (line.event !== 'progress') lines.push(text);
    process.stdout.write(`${text}\n`);
  };
  const stopping = new AbortController();
  const remaining = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  const timeMs = Math.max(0, Math.min(timeoutSeconds * 1000, remaining - reserveMs));
  const timer = setTimeout(() => stopping.abort(new StoppedError('timeout')), timeMs);
  const end = await convert(environment, say, stopping.signal).finally(() => clearTimeout(timer));
  const memoryMiB = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return {
    ...end,
    ...(end.exitCode !== exitCodes.done &&
      stopping.signal.aborted && {
        killedFor: 'timeout' as const,
        reason: `the conversion was still running after ${Math.round(timeMs / 1000)} s and was ended`,
      }),
    seconds: (performance.now() - startedAt) / 1000,
    ...(memoryMiB > 0 && { memoryMiB }),
    logTail: lastLines(lines, tailLines),
  };
}

async function convert(
  environment: ConvertRequest['environment'],
  say: (line: LogEvent) => void,
  signal: AbortSignal,
): Promise<Pick<LightEnd, 'exitCode' | 'reason'>> {
  // /tmp is kept between calls: what one leaves would be missing to the next.
  const scratch = await makeScratchFolder(tmpdir());
  try {
    // What the function may read and write is its own configuration: a caller must not extend it.
    const { env, store } = await openEnvironment({ ...process.env, ...withoutOperatorVariables(environment) });
    if (env.engine !== defaultEngine) {
      throw new BadConfigurationError(`invalid environment: ETL_ENGINE: the function has ${defaultEngine} alone`);
    }
    const delivery = await performDelivery({ env, store, scratch, resources: resources(), log: say, signal });
    say({ event: 'finished', ...delivery });
    return { exitCode: exitCodes.done };
  } catch (error) {
    const failure = failureOf(error);
    say({ event: 'failed', ...failure });
    return { exitCode: failure.exitCode, reason: failure.cause };
  } finally {
    await removeScratchFolder(scratch);
  }
}

/** A function shows more processors than its memory buys. */
function resources(): Resources {
  const memoryMiB = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return memoryMiB > 0 ? resourcesFor(memoryMiB, memoryMiB / lambdaMiBPerVcpu) : detectResources();
}
