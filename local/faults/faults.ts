import { createDice, type Dice } from './dice';
import type { FaultPlan, FaultRule } from './plan';

/** A harm done, or written into a task to be done. */
export interface Injected {
  /** ISO 8601. */
  readonly at: string;
  /** The rule's place in the plan, from 0. */
  readonly rule: number;
  readonly fault: FaultRule['fault'];
  readonly operation: string;
  /** ARNs (or ids, as the caller named them) of the tasks it is about. */
  readonly tasks: readonly string[];
}

export interface FaultStatus {
  readonly on: boolean;
  /** The last there was; null before the first. */
  readonly plan: FaultPlan | null;
  /** How often each rule did harm, in the plan's order. */
  readonly counts: readonly number[];
  /** The last few hundred, oldest first. */
  readonly injected: readonly Injected[];
}

/** A rule that does harm on this occasion. */
export interface Hit<Rule extends FaultRule = FaultRule> {
  readonly rule: Rule;
  readonly dice: Dice;
  /** Lists it. */
  note(operation: string, tasks: readonly string[]): void;
}

export type Faults = ReturnType<typeof createFaults>;

const kept = 500;

/** The plan in force, and the list of what it has done. */
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
    /** Puts the plan in force, from its beginning. */
    replace,

    /** Switches all faults off. What is written into tasks stays there. */
    off(): void {
      on = false;
    },

    /** The rules in force; none while faults are off. */
    rules: (): readonly FaultRule[] => (on && plan ? plan.rules : []),

    status: (): FaultStatus => ({ on, plan, counts, injected }),

    /** The rules that apply and hit, in the plan's order; each is asked only when it is needed. */
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
