import { allowedPlacesFrom } from '@etl/pipeline/allowedPlacesFrom';
import { steps } from '@etl/pipeline/definition';
import { type AppliedSink, sinkFailureOf } from '@etl/pipeline/sinks/outcome';
import { confineStore } from '@etl/storage/confinedStore';
import { openStore } from '@etl/storage/openStore';
import type { SinkPorts } from '../../activities/sinks/applySink';
import { sinkWriters } from '../../aws/sinks/sinkServices';
import { NamedError, named } from './named';
import { applyToSinks, forgetProgress, type Limits, type SinksRequest } from './sinks/applyToSinks';

/**
 * Seconds for which an invocation polls running statements. The waits between invocations cost nothing, those in a
 * function do.
 */
const pollSeconds = 60;

/** Time in seconds between the end of an invocation and the timeout of its state. */
const reserveSeconds = 60;

/**
 * Applies the newest commit of a batch to its sinks as a Lambda function. An invocation that was killed is repeated with
 * the same client tokens, so that no statement is submitted twice. Returns what was applied to each sink.
 *
 * @throws {NamedError} `SinksPending` while a sink needs another invocation, then `SinkFailed` if one lacks the commit;
 * `BadConfiguration` or `CredentialsRefused`; other errors may be retried.
 */
export const handler = (request: SinksRequest): Promise<readonly AppliedSink[]> =>
  applyAll(request, {
    poll: AbortSignal.timeout(pollSeconds * 1000),
    end: AbortSignal.timeout((steps.applySink.attemptTimeoutSeconds - reserveSeconds) * 1000),
  });

/** Like `handler`, with any ports and limits. @default ports of AWS, confined to the places of the environment */
export async function applyAll(
  request: SinksRequest,
  limits: Limits,
  openPorts: () => SinkPorts = portsOfAws,
): Promise<readonly AppliedSink[]> {
  const { ports, ended } = await named(async () => {
    const opened = openPorts();
    return { ports: opened, ended: await applyToSinks(opened, request, limits) };
  });
  const outcomes = ended.map((step) => (step.state === 'pending' ? { ...step, state: 'failed' as const } : step));
  const failure = sinkFailureOf(request.plan.batch, outcomes);
  if (failure)
    throw new NamedError(
      ended.some(({ state }) => state === 'pending') ? 'SinksPending' : 'SinkFailed',
      failure.message,
    );
  // Best effort: the progress of an execution that has ended is never read again.
  await forgetProgress(ports, request).catch(() => undefined);
  return outcomes.filter((outcome) => outcome.state === 'applied');
}

function portsOfAws(): SinkPorts {
  return { store: confineStore(openStore(), allowedPlacesFrom(process.env).places), sinks: sinkWriters() };
}
