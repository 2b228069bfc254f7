import type { EngineName } from '../config/engineNames';
import type { Checks } from '../quality/checks';
import type { Engine, FieldDialect } from './engine';
import { KernelEngine } from './kernel/engine';

/** @param checks quality rules that are measured while reading */
export function openEngine(name: EngineName, dialect: FieldDialect, threads: number, checks?: Checks): Engine {
  if (name === 'kernel') return new KernelEngine(dialect, threads, checks);
  // Loads the libraries of this engine only on request.
  const { PortableEngine } = require('./portable/engine') as typeof import('./portable/engine');
  return new PortableEngine(dialect, checks);
}
