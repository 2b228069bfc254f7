import { findMinistack } from '../../local/ministack/find';
import { type Ministack, startMinistack } from '../../local/ministack/server';

/** The product's ministack, with what tests of ECS need. */
export async function startTestMinistack(): Promise<Ministack> {
  const program = await findMinistack(() => undefined);
  return startMinistack({ program, services: ['ecs', 'ecs-metadata', 's3', 'sns', 'sqs'] });
}
