import { stripVTControlCharacters } from 'node:util';
import { inParallel } from '../support/parallel';
import { deviations } from './deviations';
import { suite } from './suite';
import { Trial, type World, type WorldName } from './world';
import { startLocal } from './worlds/local';
import { startMinistackWorld } from './worlds/ministack';

const withMinistack = process.env.ETL_TEST_DOCKER && process.env.ETL_TEST_MINISTACK ? describe : describe.skip;
// The image may have to be built first.
const patienceMs = 420_000;
const atOnce = 4;

const worlds: [WorldName, typeof describe, () => Promise<World>][] = [
  ['local', describe, startLocal],
  ['ministack', withMinistack, startMinistackWorld],
];

worlds.forEach(([name, maybe, start]) => {
  maybe(`ECS as ${name} does it`, () => {
    /** Error message of each check; undefined if it passed. Checks mostly wait, so several run at once. */
    const said = new Map<string, string | undefined>();

    beforeAll(async () => {
      const world = await start();
      try {
        await inParallel(
          suite,
          async ({ name, check }) => {
            const failure = await check(new Trial(world)).then(
              () => undefined,
              (error: Error) => stripVTControlCharacters(error.message),
            );
            said.set(name, failure);
          },
          atOnce,
        );
      } finally {
        await world.stop();
      }
    }, patienceMs);

    test.each(suite.map((behaviour) => behaviour.name))('%s', (behaviour) => {
      const deviation = deviations[name][behaviour];
      expect(said.has(behaviour)).toBe(true);
      // When a deviation disappears, remove it from deviations.ts.
      if (deviation) expect(said.get(behaviour)).toMatch(deviation.seen);
      else expect(said.get(behaviour)).toBeUndefined();
    });
  });
});
