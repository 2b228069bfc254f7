/** ID of the schedule that `etl reap --every` creates, and of the workflows that it starts. */
export const reaperSchedule = 'etl-reaper';
