interface StrategyItem {
  readonly capacityProvider: string;
  readonly base?: number | undefined;
  readonly weight?: number | undefined;
}

/**
 * Assigns a capacity provider to each of `count` tasks: the base first, the rest by weight.
 * @see Amazon ECS API Reference, CapacityProviderStrategyItem
 */
export function assignProviders(strategy: readonly StrategyItem[], count: number): string[] {
  const assigned: string[] = [];
  const based = strategy.find(({ base }) => (base ?? 0) > 0);
  if (based) for (let i = 0; i < Math.min(based.base ?? 0, count); i++) assigned.push(based.capacityProvider);
  // If no provider has a weight above 0, ECS assigns the rest to the provider with the base.
  const weighted = strategy.filter(({ weight }) => (weight ?? 1) > 0);
  const shared = weighted.length > 0 ? weighted : strategy;
  const given = new Map<string, number>();
  while (assigned.length < count) {
    const load = ({ capacityProvider, weight }: StrategyItem) =>
      ((given.get(capacityProvider) ?? 0) + 1) / Math.max(weight ?? 1, 1);
    const next = shared.reduce((best, item) => (load(item) < load(best) ? item : best));
    given.set(next.capacityProvider, (given.get(next.capacityProvider) ?? 0) + 1);
    assigned.push(next.capacityProvider);
  }
  return assigned;
}
