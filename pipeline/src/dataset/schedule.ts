import { isTimeZone } from '@etl/lib/timeZones';
import * as z from 'zod';

export const timeZoneName = z.string().refine(isTimeZone, 'is not a time zone: use an IANA name such as Europe/Madrid');

const notATime = 'is not a time of day: write HH:MM in quotes, such as "02:30"';
const timeOfDay = z.string(notATime).regex(/^([01]?\d|2[0-3]):[0-5]\d$/, notATime);

const notADuration = 'is not a duration: write a form such as 90s, 10m, 24h or 2d';
const duration = z.string(notADuration).regex(/^(\d+[smhd])+$/, notADuration);

/** When batches of a dataset start. The keys are the options of `etl schedule create`. */
export const scheduleSchema = z
  .strictObject({
    at: timeOfDay.optional().describe('Time of day of the start, such as "02:30"'),
    cron: z
      .string()
      .regex(/^\S+( +\S+){4}$/, 'does not have five fields: write minute, hour, day, month and weekday')
      .optional()
      .describe('Start times as a cron expression of five fields, instead of `at` and `days`'),
    days: z
      .string()
      .regex(
        /^(sun|mon|tue|wed|thu|fri|sat)(-(sun|mon|tue|wed|thu|fri|sat))?(,(sun|mon|tue|wed|thu|fri|sat)(-(sun|mon|tue|wed|thu|fri|sat))?)*$/i,
        'is not a list of days of the week: write a form such as mon-fri or sat,sun',
      )
      .optional()
      .describe('Days of the week. Default: every day'),
    timeZone: timeZoneName.optional().describe('Time zone of the start times and of the batch date. Default: UTC'),
    dayOffset: z
      .number()
      .int()
      .min(-366)
      .max(0)
      .optional()
      .describe('Days added to the day of the start: -1 delivers the day before. Default: 0'),
    deadline: timeOfDay
      .optional()
      .describe(
        'Time of day by which the batch should be delivered. Runs of the dataset use as many tasks as this requires, and a batch that is delivered later raises an alert (etl schedule lateness)',
      ),
    overlap: z
      .enum(['skip', 'buffer-one', 'buffer-all', 'cancel-other', 'terminate-other', 'allow-all'])
      .optional()
      .describe('What happens if the previous batch is still running. Default: skip'),
    catchup: duration.optional().describe('Catch-up window: how late a missed start may still be made. Default: 24h'),
    jitter: duration.optional().describe('Maximum random delay of a start. Default: 0s'),
    pauseOnFailure: z.boolean().optional().describe('Whether a failed batch pauses the schedule. Default: false'),
    minFiles: z.number().int().min(0).optional().describe('Minimum number of files of a batch. Default: 1'),
    onFailure: z.enum(['fail', 'complete']).optional().describe('Outcome of a batch with failed files. Default: fail'),
  })
  .superRefine((schedule, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (schedule.at === undefined && schedule.cron === undefined)
      issue('at', 'is missing: write the time of day of the start, such as "02:30"');
    if (schedule.cron === undefined) return;
    for (const key of ['at', 'days'] as const)
      if (schedule[key] !== undefined) issue(key, 'cannot be combined with cron: remove one of them');
    if (schedule.deadline !== undefined) issue('deadline', 'cannot be combined with cron: write at instead of cron');
  });

export type DeclaredSchedule = z.infer<typeof scheduleSchema>;

/**
 * Returns the minutes from the start of a schedule to its deadline, which may be on the next day; undefined without a
 * deadline.
 */
export function deadlineMinutes({ at, deadline }: DeclaredSchedule): number | undefined {
  if (at === undefined || deadline === undefined) return undefined;
  const minutes = (minutesOf(deadline) - minutesOf(at) + minutesOfDay) % minutesOfDay;
  return minutes === 0 ? minutesOfDay : minutes;
}

const minutesOfDay = 24 * 60;

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
