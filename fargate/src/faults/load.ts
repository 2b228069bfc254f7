import { readFileSync } from 'node:fs';
import { type FaultPlan, FaultPlanError, parseFaultPlan } from './plan';

/**
 * Loads the plan that a command line names: a file, or the JSON itself.
 * @throws FaultPlanError
 */
export function loadFaultPlan(fileOrJson: string): FaultPlan {
  const isJson = fileOrJson.trimStart().startsWith('{');
  const text = isJson ? fileOrJson : read(fileOrJson);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FaultPlanError(`fault plan${isJson ? '' : ` ${fileOrJson}`}: invalid JSON`);
  }
  return parseFaultPlan(value);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new FaultPlanError(`fault plan ${file}: ${(error as Error).message.split(',')[0]}`);
  }
}
