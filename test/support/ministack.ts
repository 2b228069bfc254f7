import { delimiter, dirname } from 'node:path';
import { type Ministack, startMinistack } from '../../local/ministack/server';

/** For a PATH on which the product finds the tests' ministack. */
export function withMinistackOnPath(path: string | undefined): string {
  return [dirname(process.env.ETL_TEST_MINISTACK ?? ''), path ?? ''].join(delimiter);
}

/** The product's ministack, with what tests of ECS need. */
export async function startTestMinistack(): Promise<Ministack> {
  const program = process.env.ETL_TEST_MINISTACK ?? '';
  return startMinistack({ program, services: ['ecs', 'ecs-metadata', 's3', 'sns', 'sqs'] });
}
