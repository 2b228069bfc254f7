import type { StateMachine } from '../../step-functions/definition/types';
import { contractBreaches } from './contract';
import { declared, type Sides, shownIds } from './declared';
import { expectedTrace } from './expected';
import type { Scenario } from './scenarios';
import type { TemporalRun } from './temporal';
import { type Disagreement, disagreements, straySteps, type Trace } from './trace';

export interface Verdict {
  /** One line per difference. */
  readonly undeclared: readonly string[];
  /** Number of scenarios by ID of the declared difference. */
  readonly met: ReadonlyMap<string, number>;
}

/** Returns the differences between the engines that are not declared. */
export function verdict(
  machine: StateMachine,
  scenarios: readonly Scenario[],
  temporal: ReadonlyMap<string, TemporalRun>,
  stepFunctions: ReadonlyMap<string, Trace>,
): Verdict {
  const met = new Map<string, number>();
  const undeclared = scenarios.flatMap((scenario) => {
    const run = temporal.get(scenario.name);
    const twin = stepFunctions.get(scenario.name);
    if (!run || !twin) return [`${scenario.name}: was not run`];
    const sides: Sides = { scenario, temporal: run.trace, stepFunctions: twin };
    const all: Disagreement[] = [
      ...disagreements(run.trace, twin),
      ...contractBreaches(machine, run.contract),
      ...straySteps(run.trace).map((step): Disagreement => ({ aspect: 'flow', temporal: step, stepFunctions: 'flow' })),
      ...straySteps(twin).map((step): Disagreement => ({ aspect: 'flow', temporal: 'flow', stepFunctions: step })),
    ];
    // Even where the machine may differ from the workflow, it must match its expected trace.
    const isDeclared = JSON.stringify(twin) === JSON.stringify(expectedTrace(scenario, isValid(run.trace)));
    const ids = new Set<string>();
    const open = all.filter((each) => {
      const covering = isDeclared ? shownIds.filter((id) => declared[id](each, sides)) : [];
      for (const id of covering) ids.add(id);
      return covering.length === 0;
    });
    for (const id of ids) met.set(id, (met.get(id) ?? 0) + 1);
    return open.map((each) => `${scenario.name}: ${describe(each)}`);
  });
  return { undeclared, met };
}

const isValid = ({ stages }: Trace): boolean => stages.every(({ stage }) => stage !== 'notifyInvalid');

function describe({ aspect, stage, temporal, stepFunctions }: Disagreement): string {
  return `${aspect}${stage ? ` of ${stage}` : ''}: Temporal ${JSON.stringify(temporal)}, Step Functions ${JSON.stringify(stepFunctions)}`;
}
