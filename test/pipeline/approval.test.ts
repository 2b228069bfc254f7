import { approvalProblem, approveCommand, mayBeHeld } from '@etl/pipeline/approval';

test.each([
  [{ approved: true }, undefined],
  [{ approved: false, by: 'ana', note: 'send it again' }, undefined],
  [undefined, 'expected {"approved": true} or {"approved": false}'],
  ['yes', 'expected {"approved": true} or {"approved": false}'],
  [{}, 'approved: must be true or false'],
  [{ approved: 'true' }, 'approved: must be true or false'],
  [{ approved: true, who: 'ana' }, 'who: unknown key; use approved, by and note'],
  [{ approved: true, by: 7 }, 'by: must be a string of at most 500 characters'],
  [{ approved: true, note: 'x'.repeat(501) }, 'note: must be a string of at most 500 characters'],
])('checks the approval %j with the result %s', (message, problem) => {
  expect(approvalProblem(message)).toBe(problem);
});

test('only a gate of level hold can hold a batch', () => {
  expect(mayBeHeld({})).toBe(false);
  expect(mayBeHeld({ rejects: { maxShare: 0.1 }, quality: { rowCount: { min: 1, level: 'block' } } })).toBe(false);
  expect(mayBeHeld({ rejects: { level: 'hold' } })).toBe(true);
  expect(mayBeHeld({ quality: { rowCount: { level: 'hold' } } })).toBe(true);
  const rule = { metric: 'nullValues', column: 'a' } as const;
  expect(mayBeHeld({ quality: { rules: [rule, { ...rule, level: 'warn' }] } })).toBe(false);
  expect(mayBeHeld({ quality: { rules: [rule, { ...rule, level: 'hold' }] } })).toBe(true);
});

test('quotes the workflow ID in the command where the shell requires it', () => {
  expect(approveCommand('etl/ventas/2026-02-08/v')).toBe('npx etl approve etl/ventas/2026-02-08/v');
  expect(approveCommand("a b'c", false)).toBe(`npx etl approve 'a b'\\''c' --refuse`);
});
