import { delimiter, dirname } from 'node:path';
import { type Ministack, startMinistack } from '../../local/ministack/server';

/** Returns a PATH on which the product finds the tests' ministack. */
export function withMinistackOnPath(path: string | undefined): string {
  return [dirname(process.env.ETL_TEST_MINISTACK ?? ''), path ?? ''].join(delimiter);
}

/** Starts the product's ministack. @default services that ECS tests need */
export async function startTestMinistack(
  services: readonly string[] = ['ecs', 'ecs-metadata', 's3', 'sns', 'sqs'],
): Promise<Ministack> {
  return startMinistack({ program: process.env.ETL_TEST_MINISTACK ?? '', services });
}
