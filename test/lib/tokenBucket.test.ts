import { createTokenBucket } from '@etl/lib/tokenBucket';
import { randomFrom } from '../support/random';

test('is full at first, and refills up to its burst', () => {
  const clock = { now: 5000 };
  const bucket = createTokenBucket({ burst: 3, perSecond: 2 }, () => clock.now);
  const admitted = () => Array.from({ length: 5 }, () => bucket.take()).filter(Boolean).length;
  expect(admitted()).toBe(3);
  clock.now += 1000;
  expect(admitted()).toBe(2);
  clock.now += 3_600_000;
  expect(admitted()).toBe(3);
});

test('a rejected request takes no tokens', () => {
  const bucket = createTokenBucket({ burst: 5, perSecond: 1 }, () => 0);
  expect([bucket.take(6), bucket.take(5), bucket.take()]).toEqual([false, true, false]);
});

test('admits what an exact count of thousandths admits', () => {
  const random = randomFrom(20260208);
  // Fractions of a token add up to a rounding error far below a thousandth.
  const tolerance = 1e-3;
  for (let round = 0; round < 300; round++) {
    const [burst, perSecond] = [1 + random.below(100), 1 + random.below(50)];
    const clock = { now: random.below(1e9) };
    const bucket = createTokenBucket({ burst, perSecond }, () => clock.now);
    let thousandths = burst * 1000;
    for (let call = 0; call < 100; call++) {
      const elapsed = random.chance(0.3) ? 0 : random.below(random.chance(0.05) ? 100_000 : 300);
      clock.now += elapsed;
      thousandths = Math.min(burst * 1000, thousandths + elapsed * perSecond);
      const wanted = 1 + random.below(4);
      const missing = wanted * 1000 - thousandths;
      if (bucket.take(wanted)) {
        expect(missing).toBeLessThan(tolerance);
        thousandths -= wanted * 1000;
      } else expect(missing).toBeGreaterThan(-tolerance);
    }
  }
});
