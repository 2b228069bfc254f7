/** Mermaid's first lines: labels as wide as their lines, and two colours, for how a run ends. */
export const flowchartHead: readonly string[] = [
  '%%{init: {"flowchart": {"wrappingWidth": 420, "nodeSpacing": 15}}}%%',
  'flowchart TD',
  '  classDef succeeded stroke:#2e7d32,stroke-width:2px',
  '  classDef failed stroke:#c62828,stroke-width:2px',
];

/** A box with a name and what is to say of it. */
export function box(id: string, name: string, facts: readonly string[]): string {
  return `${id}["${[`<b>${name}</b>`, ...facts].join('<br/>')}"]`;
}

/** A round box, by the kind of end in green or red, with the status that the engine shows. */
export function endBox(id: string, name: string, status: string, kind: 'succeeded' | 'failed'): string {
  return `${id}(["<b>${name}</b><br/>${status}"]):::${kind}`;
}

/** `1 s × 2, at most 30 s`: the first wait, what multiplies it, and its bound. */
export function pace(intervalSeconds: number, backoffRate: number, maxSeconds?: number): string {
  return `${intervalSeconds} s × ${backoffRate}${maxSeconds === undefined ? '' : `, at most ${maxSeconds} s`}`;
}
