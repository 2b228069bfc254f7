import type { Resources } from '../config/resources';
import type { Engine, FieldDialect } from './engine';
import { KernelEngine } from './kernel/engine';
import type { EngineName } from './names';

export function openEngine(_name: EngineName, dialect: FieldDialect, resources: Resources): Engine {
  return new KernelEngine(dialect, resources.threads);
}
