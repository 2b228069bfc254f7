/** Temporal's names of the months, January first. */
export const monthNames = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
] as const;

export type Month = (typeof monthNames)[number];

/** Temporal's names of the days of the week, Sunday first. */
export const dayNames = [
  ...(['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY'] as const),
  ...(['THURSDAY', 'FRIDAY', 'SATURDAY'] as const),
] as const;

export type DayOfWeek = (typeof dayNames)[number];

/** Returns short names as in cron expressions: `sun` … `sat`, `jan` … `dec`. */
export const shortNames = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3).toLowerCase());
