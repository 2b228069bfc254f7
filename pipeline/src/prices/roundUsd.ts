/** Returns dollars rounded to a millionth. */
export const roundUsd = (dollars: number): number => Math.round(dollars * 1e6) / 1e6;
