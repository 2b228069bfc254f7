/** `kernel` is the default engine. `portable` is a slow reference in TypeScript with parquetjs-lite. */
export const engineNames = ['kernel', 'portable'] as const;
export type EngineName = (typeof engineNames)[number];
export const defaultEngine: EngineName = 'kernel';
