import type { Budget } from '@etl/pipeline/budgets';
import { budgets, type StepDefinition, type StepName, steps, transform, workflowTypes } from '@etl/pipeline/definition';
import { ends, firstStage, flow, type Stage, stepOfStage } from '@etl/pipeline/flow';

/** The workflow as a Mermaid flowchart, from the same definition as the machine. */
export function workflowPicture(): string {
  const stages = Object.keys(flow) as Stage[];
  return [
    'flowchart TD',
    `  start([event]) --> ${firstStage}`,
    ...stages.map((stage) => `  ${box(stage)}`),
    ...stages.flatMap(arrows).map((arrow) => `  ${arrow}`),
    ...Object.entries(ends).map(
      ([end, kind]) => `  ${end}(["${end} · ${kind === 'success' ? 'COMPLETED' : 'FAILED'}"])`,
    ),
    '  transform -- "failed, within its budget" --> transform',
    '  confirm -- "no commit, within the application budget" --> transform',
    `  cancelled([cancel at any time]) -. "task stopped and seen STOPPED" .-> alert[notify] --> canceled(["${workflowTypes.pipeline} · CANCELED"])`,
  ].join('\n');
}

function box(stage: Stage): string {
  if (stage !== 'transform') return `${stage}["${[`<b>${stage}</b>`, ...call(stepOfStage[stage])].join('<br/>')}"]`;
  const lines = [
    '<b>transform</b>',
    'launchTask, awaitTask, stopTask',
    `a task: ${transform.timeoutSeconds} s, of them ${transform.startTimeoutSeconds} s to start`,
    ...(['application', 'infrastructure', 'capacity', 'spot', 'memory'] as const).map((name) =>
      describeBudget(name, budgets[name]),
    ),
  ];
  return `${stage}["${lines.join('<br/>')}"]`;
}

function call(name: StepName): string[] {
  const { attemptTimeoutSeconds, totalTimeoutSeconds, retry }: StepDefinition = steps[name];
  return [
    name,
    `attempt ${attemptTimeoutSeconds} s, in all ${totalTimeoutSeconds} s`,
    `retries: ${retry.intervalSeconds} s × ${retry.backoffRate}, at most ${retry.maxIntervalSeconds} s`,
  ];
}

function describeBudget(name: string, { maxRetries, intervalSeconds, backoffRate }: Budget): string {
  return `${name}: ${maxRetries} new tasks, ${intervalSeconds} s × ${backoffRate}`;
}

/** Ways that lead to the same place are one arrow. */
function arrows(stage: Stage): string[] {
  const ways = new Map<string, string[]>();
  for (const [how, next] of Object.entries(flow[stage])) ways.set(next, [...(ways.get(next) ?? []), how]);
  return [...ways].map(([next, hows]) => `${stage} -- "${hows.join(' or ')}" --> ${next}`);
}
