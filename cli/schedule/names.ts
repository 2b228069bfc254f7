import type { DayOfWeek, Month } from '@temporalio/client';

export type { DayOfWeek, Month };

/** As Temporal names them, January first. */
export const monthNames: readonly Month[] = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];

/** Sunday first. */
export const dayNames: readonly DayOfWeek[] = [
  ...(['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY'] as const),
  ...(['THURSDAY', 'FRIDAY', 'SATURDAY'] as const),
];

/** `sun` … `sat`, `jan` … `dec`: as people write them. */
export const shortNames = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3).toLowerCase());
