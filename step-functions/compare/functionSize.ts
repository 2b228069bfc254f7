/**
 * Memory of the functions in MiB: the size deployed on ministack, and the basis of their price on both interpreters.
 */
export const functionMemoryMiB = 512;
