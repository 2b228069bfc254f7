/** What the functions are deployed with on ministack, and priced with on both ways to run the machine. */
export const functionMemoryMiB = 512;
