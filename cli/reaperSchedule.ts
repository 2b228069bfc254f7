/** Id of the schedule that `etl reap --every` makes, and of the workflows it starts. */
export const reaperSchedule = 'etl-reaper';
