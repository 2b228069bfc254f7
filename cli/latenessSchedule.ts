/** ID of the schedule that `etl schedule lateness` creates, and of the workflows that it starts. */
export const latenessSchedule = 'etl-lateness';
