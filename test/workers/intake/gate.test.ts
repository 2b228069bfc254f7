import { createGate } from '../../../workers/intake/gate';
import { until } from '../../support/system';

function gateOver(count: () => Promise<number>, maxOpen = 10, lookMs = 20) {
  const lines: string[] = [];
  const log = {
    info: (_: unknown, line: string) => lines.push(line),
    warn: (_: unknown, line: string) => lines.push(line),
  };
  return { gate: createGate({ maxOpen, count, log: log as never, lookMs }), lines };
}
const never = new AbortController().signal;

test('room is the limit minus the counted pipelines and the starts since', async () => {
  let looks = 0;
  const { gate } = gateOver(
    async () => {
      looks++;
      return 4;
    },
    10,
    60_000,
  );
  expect(await gate.room(never)).toBe(6);
  (await gate.take(never))?.started();
  expect(await gate.room(never)).toBe(5);
  expect(looks).toBe(1);
});

test('a start that is missing from the next count still takes room', async () => {
  const { gate } = gateOver(async () => 0, 1);
  expect(await gate.room(never)).toBe(1);
  (await gate.take(never))?.started();
  const waits = new AbortController();
  const room = gate.room(waits.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  waits.abort();
  expect(await room).toBe(0);
});

test('logs once when the limit is reached, and once when there is room again', async () => {
  let open = 10;
  const { gate, lines } = gateOver(async () => open);
  const room = gate.room(never);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lines).toEqual(['as many pipelines are open as may be; files wait in their source']);
  open = 3;
  expect(await room).toBe(7);
  expect(lines).toHaveLength(2);
});

test('without a count there is no room, and the count is retried', async () => {
  let asked = 0;
  const { gate, lines } = gateOver(async () => {
    if (++asked < 4) throw new Error('UNAVAILABLE');
    return 0;
  });
  expect(await gate.room(never)).toBe(10);
  expect(lines).toEqual(['Temporal does not answer; files wait in their source', 'files are taken up again']);
});

test('a doubt triggers a new count before the interval ends', async () => {
  let looks = 0;
  const log = { info: () => undefined, warn: () => undefined } as never;
  const count = async () => ++looks;
  const gate = createGate({ maxOpen: 10, count, log, lookMs: 60_000 });
  await gate.room(never);
  await gate.room(never);
  expect(looks).toBe(1);
  gate.doubt();
  await gate.room(never);
  expect(looks).toBe(2);
});

test('stops waiting when the caller aborts', async () => {
  const { gate } = gateOver(async () => 10);
  const waits = new AbortController();
  let room: number | undefined;
  void gate.room(waits.signal).then((answer) => {
    room = answer;
  });
  waits.abort();
  await until('an answer', 5, () => room !== undefined);
  expect(room).toBe(0);
});

test('reserves room before a start, so concurrent callers never share a slot', async () => {
  const { gate } = gateOver(async () => 0, 3);
  const stop = new AbortController();
  const taken = Array.from({ length: 10 }, () => gate.take(stop.signal));
  const [first] = await Promise.all(taken.slice(0, 3));
  await new Promise((resolve) => setTimeout(resolve, 100));
  first?.free();
  // Which of the waiting callers receives the freed slot is not specified.
  expect(await Promise.race(taken.slice(3))).toBeDefined();
  stop.abort();
  const rest = await Promise.all(taken.slice(3));
  expect(rest.filter((place) => place !== undefined)).toHaveLength(1);
});
