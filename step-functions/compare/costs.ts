import {
  monthlyUsd,
  snsUsd,
  sqsUsd,
  stateTransitionsUsd,
  temporalActionsUsd,
  temporalPlanUsd,
  workerMonthUsd,
} from '@etl/pipeline/prices/services';
import { lambdaUsd, taskCostUsd } from '@etl/pipeline/prices/tasks';
import type { Side } from './side';

/** Costs in US dollars. */
export interface Costs {
  readonly engine: number;
  /** Temporal Cloud's plan fee, which is a share of the cost of actions. */
  readonly plan: number;
  readonly functions: number;
  readonly messages: number;
  readonly tasks: number;
  /** Fixed cost, independent of files: the worker. */
  readonly worker: number;
  readonly total: number;
}

/** Returns the cost of this run. The worker is not included, because it costs the same without a run. */
export function runCosts({ billed, functions, apiCalls, tasks }: Side): Costs {
  const isTemporal = billed.unit === 'actions';
  const engine = isTemporal ? temporalActionsUsd(billed.count) : stateTransitionsUsd(billed.count);
  return withTotal({
    engine,
    plan: isTemporal ? temporalPlanUsd(engine) : 0,
    functions: sum(functions.map((invocation) => lambdaUsd(invocation))),
    messages: snsUsd(apiCalls['sns:Publish'] ?? 0) + sqsUsd(apiCalls['sqs:SendMessage'] ?? 0),
    tasks: sum(tasks.map((task) => taskCostUsd(task))),
    worker: 0,
  });
}

/** Returns the monthly cost of runs like this one, including the worker that Temporal needs. */
export function monthlyCosts(side: Side, filesPerDay: number): Costs {
  const { engine, plan, functions, messages, tasks } = runCosts(side);
  const month = (usd: number) => monthlyUsd(usd, filesPerDay);
  return withTotal({
    engine: month(engine),
    plan: month(plan),
    functions: month(functions),
    messages: month(messages),
    tasks: month(tasks),
    worker: side.billed.unit === 'actions' ? workerMonthUsd() : 0,
  });
}

function withTotal(costs: Omit<Costs, 'total'>): Costs {
  return { ...costs, total: sum(Object.values(costs)) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
