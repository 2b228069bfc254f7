import type { DayOfWeek, Month } from '@temporalio/client';

export type { DayOfWeek, Month };

/** Temporal's names of the months, January first. */
export const monthNames: readonly Month[] = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];

/** Temporal's names of the days of the week, Sunday first. */
export const dayNames: readonly DayOfWeek[] = [
  ...(['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY'] as const),
  ...(['THURSDAY', 'FRIDAY', 'SATURDAY'] as const),
];

/** Returns short names as in cron expressions: `sun` … `sat`, `jan` … `dec`. */
export const shortNames = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3).toLowerCase());
