import { declarationJsonSchema } from '@etl/pipeline/dataset/jsonSchema';
import { printText } from '../../output';

/** Prints the JSON Schema of declarations. */
export function schema(): void {
  printText(`${JSON.stringify(declarationJsonSchema(), null, 2)}\n`);
}
