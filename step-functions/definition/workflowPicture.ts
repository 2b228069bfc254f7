import type { Budget } from '@etl/pipeline/budgets';
import { budgets, type RetriedStep, type RetriedStepName, steps, transform } from '@etl/pipeline/definition';
import { type End, ends, firstStage, flow, type Stage, stepOfStage } from '@etl/pipeline/flow';
import { box, endBox, flowchartHead, pace } from './mermaid';
import { stateNames } from './names';

/** Returns the workflow as a Mermaid flowchart, with the names of the machine's states. */
export function workflowPicture(): string {
  const stages = Object.keys(flow) as Stage[];
  return [
    ...flowchartHead,
    `  start([event]) --> ${stateNames[firstStage]}`,
    ...[
      ...stages.map((stage) => box(stateNames[stage], stateNames[stage], factsOf(stage))),
      ...stages.flatMap(arrows),
      ...(Object.keys(ends) as End[]).map(endOf),
      `${stateNames.transform} --> ${stateNames.transform}`,
      `${stateNames.confirm} -- "no commit, within the application budget" --> ${stateNames.transform}`,
      'subgraph cancelling [until the data is delivered]',
      '  direction TB',
      '  cancel([cancel]) -- "task stopped, seen STOPPED" --> NotifyCancelled',
      `  ${box('NotifyCancelled', 'NotifyCancelled', call('notify'))}`,
      '  NotifyCancelled -- "done or failed" --> Cancelled',
      `  ${endBox('Cancelled', 'Cancelled', 'CANCELED', 'failed')}`,
      'end',
      'style cancelling fill:none,stroke:#999',
    ].map((line) => `  ${line}`),
  ].join('\n');
}

function endOf(end: End): string {
  return ends[end] === 'success'
    ? endBox(stateNames[end], stateNames[end], 'COMPLETED', 'succeeded')
    : endBox(stateNames[end], stateNames[end], 'FAILED', 'failed');
}

function factsOf(stage: Stage): string[] {
  if (stage === 'sinks')
    return [...call('applySink'), ...call('awaitSink').slice(0, 2), describeBudget('applied again', budgets.sinks)];
  if (stage !== 'transform') return call(stepOfStage[stage]);
  return [
    'launchTask, awaitTask, stopTask',
    `task timeout ${transform.timeoutSeconds} s, start timeout ${transform.startTimeoutSeconds} s`,
    'relaunches by budget:',
    ...(['application', 'infrastructure', 'capacity', 'spot', 'memory'] as const).map((name) =>
      describeBudget(name, budgets[name]),
    ),
  ];
}

function call(name: RetriedStepName): string[] {
  const { attemptTimeoutSeconds, totalTimeoutSeconds, retry }: RetriedStep = steps[name];
  return [
    `${name}, timeout ${attemptTimeoutSeconds} s`,
    `retries for ${totalTimeoutSeconds} s in total`,
    `waits ${pace(retry.intervalSeconds, retry.backoffRate, retry.maxIntervalSeconds)}`,
  ];
}

function describeBudget(
  name: string,
  { maxRetries, intervalSeconds, backoffRate, maxIntervalSeconds }: Budget,
): string {
  return `${name}: ${maxRetries}, after ${pace(intervalSeconds, backoffRate, maxIntervalSeconds)}`;
}

/** Transitions to the same stage share an arrow. */
function arrows(stage: Stage): string[] {
  const ways = new Map<Stage | End, string[]>();
  for (const [how, next] of Object.entries(flow[stage])) ways.set(next, [...(ways.get(next) ?? []), how]);
  return [...ways].map(([next, hows]) => `${stateNames[stage]} -- "${hows.join(' or ')}" --> ${stateNames[next]}`);
}
