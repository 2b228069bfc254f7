/** Description of the argument that names a run. */
export const runArgument = 'workflow ID, run ID, or dataset/date/source';
