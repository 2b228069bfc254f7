// lib/src/tokenBucket.ts: full at first, refilled continuously, decided at once, by the caller's clock.
import { Differences } from './differences.mjs';

export const packages = ['limiter@4.1.0', 'bottleneck@2.19.5'];

export async function compare({ load, require, say }) {
  const { createTokenBucket } = require('@etl/lib/tokenBucket');
  const { generator } = require('@etl/lib/random');
  const { TokenBucket } = await load('limiter');
  const Bottleneck = (await load('bottleneck')).default;

  // Neither library takes a clock, so both get a substitute for the one that they read.
  const clock = { now: 1_000_000 };
  const real = { performance: performance.now, date: Date.now };
  performance.now = () => clock.now;
  Date.now = () => clock.now;
  try {
    const random = generator(1);
    const results = { 'limiter, as created': new Differences('limiter, as created') };
    results['limiter, filled by hand'] = new Differences('limiter, filled by hand');
    for (let round = 0; round < 500; round++) {
      const [burst, perSecond] = [1 + Math.floor(random() * 100), 1 + Math.floor(random() * 40)];
      const ours = createTokenBucket({ burst, perSecond }, () => clock.now);
      const make = () => new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
      const [created, filled] = [make(), make()];
      filled.content = burst;
      for (let call = 0; call < 40; call++) {
        clock.now += Math.floor(random() * 400);
        const wanted = 1 + Math.floor(random() * 3);
        const taken = ours.take(wanted);
        for (const [name, bucket] of [
          ['limiter, as created', created],
          ['limiter, filled by hand', filled],
        ]) {
          const theirs = bucket.tryRemoveTokens(wanted);
          const example = `burst ${burst}, ${perSecond}/s, call ${call}`;
          results[name].add(
            taken === theirs ? undefined : theirs ? 'admitted there only' : 'admitted here only',
            example,
          );
        }
      }
    }
    for (const differences of Object.values(results)) differences.report(say);
  } finally {
    performance.now = real.performance;
    Date.now = real.date;
  }

  const limiter = new Bottleneck({
    ...{ reservoir: 100, reservoirIncreaseInterval: 250, reservoirIncreaseAmount: 5, reservoirIncreaseMaximum: 100 },
    ...{ highWater: 0, strategy: Bottleneck.strategy.OVERFLOW },
  });
  const admitted = [];
  for (let call = 0; call < 150; call++) admitted.push(limiter.schedule(async () => true).catch(() => false));
  const passed = (await Promise.all(admitted)).filter(Boolean).length;
  say(
    `bottleneck, burst of 100, 150 calls at once: ${passed} admitted; the decision is a promise, refilled by a timer`,
  );
  await limiter.disconnect();
}
