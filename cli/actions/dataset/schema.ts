import { declarationJsonSchema } from '@etl/pipeline/dataset/jsonSchema';

/** Prints the JSON Schema of declarations. */
export function schema(): void {
  process.stdout.write(`${JSON.stringify(declarationJsonSchema(), null, 2)}\n`);
}
