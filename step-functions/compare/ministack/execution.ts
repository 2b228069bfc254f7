import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

export interface Ended {
  readonly description: DescribeExecutionCommandOutput;
  readonly events: readonly HistoryEvent[];
}

const pollMilliseconds = 200;

/** Starts an execution and waits until it ends. Rejects with the signal's reason once it aborts. */
export async function runExecution(
  sfn: SFNClient,
  request: { stateMachineArn: string; name: string; input: string },
  signal: AbortSignal,
): Promise<Ended> {
  const { executionArn } = await sfn.send(new StartExecutionCommand(request), { abortSignal: signal });
  for (;;) {
    const description = await sfn.send(new DescribeExecutionCommand({ executionArn }), { abortSignal: signal });
    if (description.status !== 'RUNNING') return { description, events: await historyOf(sfn, executionArn) };
    await sleep(pollMilliseconds, undefined, { signal });
  }
}

async function historyOf(sfn: SFNClient, executionArn: string | undefined): Promise<HistoryEvent[]> {
  const all: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false, nextToken }),
    );
    all.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return all;
}
