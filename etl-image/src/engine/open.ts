import type { EngineName } from '../config/engineNames';
import type { Engine, FieldDialect } from './engine';
import { KernelEngine } from './kernel/engine';

export function openEngine(name: EngineName, dialect: FieldDialect, threads: number): Engine {
  if (name === 'kernel') return new KernelEngine(dialect, threads);
  // Loads the libraries of this engine only on request.
  const { PortableEngine } = require('./portable/engine') as typeof import('./portable/engine');
  return new PortableEngine(dialect);
}
