/** Option defaults of validation and the container. Separate from the schema, so that a thread need not load it. */
export const defaults = { rejectsMaxShare: 0.01, rowCountMin: 1 } as const;
