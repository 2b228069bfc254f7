import { createGate } from '../../../workers/intake/gate';
import { until } from '../../support/system';

function gateOver(count: () => Promise<number>, maxOpen = 10, refreshMs = 20) {
  const lines: string[] = [];
  const log = {
    info: (_: unknown, line: string) => lines.push(line),
    warn: (_: unknown, line: string) => lines.push(line),
  };
  return { gate: createGate({ maxOpen, count, log: log as never, refreshMs }), lines };
}
const never = new AbortController().signal;

test('room is the limit minus the counted pipelines and the starts since', async () => {
  let counts = 0;
  const { gate } = gateOver(
    async () => {
      counts++;
      return 4;
    },
    10,
    60_000,
  );
  expect(await gate.waitForRoom(never)).toBe(6);
  (await gate.reserve(never))?.commit();
  expect(await gate.waitForRoom(never)).toBe(5);
  expect(counts).toBe(1);
});

test('a start that is missing from the next count still takes room', async () => {
  const { gate } = gateOver(async () => 0, 1);
  expect(await gate.waitForRoom(never)).toBe(1);
  (await gate.reserve(never))?.commit();
  const waits = new AbortController();
  const room = gate.waitForRoom(waits.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  waits.abort();
  expect(await room).toBe(0);
});

test('logs once when the limit is reached, and once when there is room again', async () => {
  let open = 10;
  const { gate, lines } = gateOver(async () => open);
  const room = gate.waitForRoom(never);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lines).toEqual(['reached the limit of open pipelines; the intake is paused']);
  open = 3;
  expect(await room).toBe(7);
  expect(lines).toHaveLength(2);
});

test('without a count there is no room, and the count is retried', async () => {
  let attempts = 0;
  const { gate, lines } = gateOver(async () => {
    if (++attempts < 4) throw new Error('UNAVAILABLE');
    return 0;
  });
  expect(await gate.waitForRoom(never)).toBe(10);
  expect(lines).toEqual(['Temporal is unavailable; the intake is paused', 'the intake has resumed']);
});

test('an invalidated count is refreshed before the interval ends', async () => {
  let counts = 0;
  const log = { info: () => undefined, warn: () => undefined } as never;
  const count = async () => ++counts;
  const gate = createGate({ maxOpen: 10, count, log, refreshMs: 60_000 });
  await gate.waitForRoom(never);
  await gate.waitForRoom(never);
  expect(counts).toBe(1);
  gate.invalidate();
  await gate.waitForRoom(never);
  expect(counts).toBe(2);
});

test('stops waiting when the caller aborts', async () => {
  const { gate } = gateOver(async () => 10);
  const waits = new AbortController();
  let room: number | undefined;
  void gate.waitForRoom(waits.signal).then((answer) => {
    room = answer;
  });
  waits.abort();
  await until('an answer', 5, () => room !== undefined);
  expect(room).toBe(0);
});

test('reserves room before a start, so concurrent callers never share a slot', async () => {
  const { gate } = gateOver(async () => 0, 3);
  const stop = new AbortController();
  const taken = Array.from({ length: 10 }, () => gate.reserve(stop.signal));
  const [first] = await Promise.all(taken.slice(0, 3));
  await new Promise((resolve) => setTimeout(resolve, 100));
  first?.release();
  // Which of the waiting callers receives the freed slot is not specified.
  expect(await Promise.race(taken.slice(3))).toBeDefined();
  stop.abort();
  const rest = await Promise.all(taken.slice(3));
  expect(rest.filter((reservation) => reservation !== undefined)).toHaveLength(1);
});
