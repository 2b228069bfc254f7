import type { Engine, FieldDialect } from './engine';
import { KernelEngine } from './kernel/engine';
import type { EngineName } from './names';

export function openEngine(_name: EngineName, dialect: FieldDialect, threads: number): Engine {
  return new KernelEngine(dialect, threads);
}
