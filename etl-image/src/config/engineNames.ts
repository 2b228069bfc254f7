/** `kernel` is the engine; `portable` the slow second opinion, in TypeScript with parquetjs-lite. */
export const engineNames = ['kernel', 'portable'] as const;
export type EngineName = (typeof engineNames)[number];
export const defaultEngine: EngineName = 'kernel';
