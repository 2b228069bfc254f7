import type { Engine, FieldDialect } from './engine';
import { KernelEngine } from './kernel/engine';
import type { EngineName } from './names';
import { PortableEngine } from './portable/engine';

export function openEngine(name: EngineName, dialect: FieldDialect, threads: number): Engine {
  return name === 'portable' ? new PortableEngine(dialect) : new KernelEngine(dialect, threads);
}
