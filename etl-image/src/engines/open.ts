import type { EngineLimits } from '../config/resources';
import type { Engine, FieldDialect } from './engine';
import { KernelEngine } from './kernel/engine';
import type { EngineName } from './names';

export function openEngine(_name: EngineName, dialect: FieldDialect, limits: EngineLimits): Engine {
  return new KernelEngine(dialect, limits.threads);
}
