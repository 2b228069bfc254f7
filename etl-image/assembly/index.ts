export * from './dates';
export * from './decimals';
export * from './dictionary';
export * from './fields';
export * from './headers';
export * from './keys';
export * from './numbers';
export * from './pages';
export * from './ranges';
export * from './rows';
export { countByte } from './scan';
export * from './scanRows';
export * from './texts';

/** First free byte of the heap. */
export const freeMemory: usize = __heap_base;
