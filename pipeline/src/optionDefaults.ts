/** Defaults of options that validation and the container apply. Apart from their schema, which a thread need not load. */
export const defaults = { rejectsMaxShare: 0.01, rowCountMin: 1 } as const;
