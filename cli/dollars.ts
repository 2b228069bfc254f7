/** Formats dollars, or `-` if there is no price. */
export const dollars = (usd: number | null, digits = 2): string =>
  usd === null ? '-' : `${usd < 0 ? '-' : ''}$${Math.abs(usd).toFixed(digits)}`;
