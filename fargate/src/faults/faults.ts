import { createDice, type Dice } from './dice';
import type { FaultPlan, FaultRule } from './plan';

/** A fault that was injected, or recorded in a task for later. */
export interface Injected {
  /** ISO 8601. */
  readonly at: string;
  /** Index of the rule in the plan, from 0. */
  readonly rule: number;
  readonly fault: FaultRule['fault'];
  readonly operation: string;
  /** ARNs of the affected tasks, or the IDs that the caller used. */
  readonly tasks: readonly string[];
}

export interface FaultStatus {
  readonly on: boolean;
  /** The latest plan. null before the first one. */
  readonly plan: FaultPlan | null;
  /** Number of injected faults for each rule, in the plan's order. */
  readonly counts: readonly number[];
  /** The most recent few hundred, oldest first. */
  readonly injected: readonly Injected[];
}

/** A rule that injects its fault on this occasion. */
export interface Hit<Rule extends FaultRule = FaultRule> {
  readonly rule: Rule;
  readonly dice: Dice;
  /** Records the injected fault. */
  note(operation: string, tasks: readonly string[]): void;
}

export type Faults = ReturnType<typeof createFaults>;

const kept = 500;

/** Holds the plan in force and the record of injected faults. */
export function createFaults(now: () => number, first?: FaultPlan) {
  let plan: FaultPlan | null = null;
  let on = false;
  let dice: Dice[] = [];
  let counts: number[] = [];
  let injected: Injected[] = [];

  function replace(next: FaultPlan): void {
    plan = next;
    on = true;
    dice = next.rules.map((rule, index) => createDice(next.seed, index, rule, now));
    counts = next.rules.map(() => 0);
    injected = [];
  }
  if (first) replace(first);

  return {
    /** Puts a plan in force and resets its counters. */
    replace,

    /** Switches all faults off. Faults that are recorded in tasks remain. */
    off(): void {
      on = false;
    },

    /** Returns the rules in force. Empty while faults are off. */
    rules: (): readonly FaultRule[] => (on && plan ? plan.rules : []),

    status: (): FaultStatus => ({ on, plan, counts, injected }),

    /** Yields the rules that apply and hit, in the plan's order. Draws lazily, for one rule at a time. */
    *draw<Rule extends FaultRule>(applies: (rule: FaultRule) => rule is Rule): Generator<Hit<Rule>> {
      for (const [index, rule] of this.rules().entries()) {
        const own = dice[index];
        if (!own || !applies(rule) || !own.hits()) continue;
        counts[index] = (counts[index] ?? 0) + 1;
        const note = (operation: string, tasks: readonly string[]) => {
          const at = new Date(now()).toISOString();
          injected = [...injected.slice(1 - kept), { at, rule: index, fault: rule.fault, operation, tasks }];
        };
        yield { rule, dice: own, note };
      }
    },
  };
}
