import { shareable, shareableWarnings } from '@etl/pipeline/shareable';

test('removes only the examples from the warnings of an earlier version', () => {
  const warnings = [
    'fecha: 3 values are no dates and became null, such as "pendiente", "x, such as y"',
    'alta: 1 values are no dates and became null in line 7',
    'notes such as these stay',
  ];
  expect(shareableWarnings({ warnings, coerced: { fecha: 3, alta: 1 } })).toEqual([
    'fecha: 3 values are no dates and became null',
    'alta: 1 values are no dates and became null in line 7',
    'notes such as these stay',
  ]);
});

test('removes the examples from a manifest', () => {
  const manifest = { warnings: [], coerced: { fecha: 1 }, coercedExamples: { fecha: ['secret'] }, chunks: 1 };
  expect(shareable(manifest as never)).toEqual({ warnings: [], coerced: { fecha: 1 }, chunks: 1 });
});
