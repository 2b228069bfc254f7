import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorNames } from '@etl/pipeline/quality/thresholds';
import { parseDeclaration } from '@etl/storage/declarations/parseDeclaration';
import { Converter } from '../support/convert';

const path = join(__dirname, '..', '..', 'docs', 'datasets.md');
const section = readFileSync(path, 'utf8').split('### Quality rules')[1]?.split('\n### ')[0] ?? '';
const blockOf = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '';

test('the rules of docs/datasets.md are a declaration, have every metric, and the result is that of a conversion', async () => {
  const parsed = parseDeclaration(Buffer.from(`source: { pattern: "*.csv" }\n${blockOf('yaml')}`), 'docs/datasets.md');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { quality } = parsed.declaration;
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, metric]) => metric).slice(1);
  expect([...new Set(quality?.rules?.map(({ metric }) => metric))]).toEqual(documented);

  const rows = Array.from({ length: 1000 }, (_, n) => `${n},1,ana,ES,10.5,2026-02-08`).join('\n');
  const converter = await Converter.create();
  try {
    const options = { quality: quality ?? {} };
    const { manifest } = await converter.deliver(`pedido,linea,cliente,pais,importe,fecha\n${rows}\n`, { options });
    expect(manifest.quality).toContainEqual(JSON.parse(blockOf('json')));
    const outcomes = manifest.quality?.map(({ outcome }) => outcome);
    // There is no earlier batch: not for schemaDrift, and not for the change of the rows.
    expect(outcomes).toEqual(['notEvaluable', ...Array(6).fill('passed'), 'notEvaluable', 'passed']);
  } finally {
    await converter.remove();
  }
});

test('docs/datasets.md has every operator', () => {
  const named = new Set([...section.matchAll(/`(must\w+)`/g)].map(([, name]) => name));
  expect([...named]).toEqual(operatorNames);
});
