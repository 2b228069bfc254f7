/** Returns the newest run of each workflow ID. `startOf`: when a run started, in milliseconds since the epoch. */
export function newestById<Run extends { readonly workflowId: string }>(
  runs: readonly Run[],
  startOf: (run: Run) => number,
): Map<string, Run> {
  const newest = new Map<string, Run>();
  for (const run of runs) {
    const known = newest.get(run.workflowId);
    if (!known || startOf(run) > startOf(known)) newest.set(run.workflowId, run);
  }
  return newest;
}
