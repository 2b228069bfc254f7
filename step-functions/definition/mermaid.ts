/** Mermaid header: labels as wide as their lines, and one colour for each kind of end. */
export const flowchartHead: readonly string[] = [
  '%%{init: {"flowchart": {"wrappingWidth": 420, "nodeSpacing": 15}}}%%',
  'flowchart TD',
  '  classDef succeeded stroke:#2e7d32,stroke-width:2px',
  '  classDef failed stroke:#c62828,stroke-width:2px',
];

/** Returns a box with a name and facts. */
export function box(id: string, name: string, facts: readonly string[]): string {
  return `${id}["${[`<b>${name}</b>`, ...facts].join('<br/>')}"]`;
}

/** Returns a rounded box for an end, green or red, with the status that the engine shows. */
export function endBox(id: string, name: string, status: string, kind: 'succeeded' | 'failed'): string {
  return `${id}(["<b>${name}</b><br/>${status}"]):::${kind}`;
}

/** Returns `1 s × 2, at most 30 s`: the first interval, the backoff rate and the maximum interval. */
export function pace(intervalSeconds: number, backoffRate: number, maxSeconds?: number): string {
  return `${intervalSeconds} s × ${backoffRate}${maxSeconds === undefined ? '' : `, at most ${maxSeconds} s`}`;
}
