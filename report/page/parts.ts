import { type Html, type HtmlValue, html } from '@etl/lib/text/html';

/** Meaning of a colour. The text beside it says the same, for readers who do not see colours. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'calm';

export function chip(text: string, tone: Tone): Html {
  return html`<span class="chip ${tone}">${text}</span>`;
}

/** Isolates text of other parties, whose direction of writing must not affect the text around it. */
export const isolated = (text: string): Html => html`<bdi>${text}</bdi>`;

export const code = (text: string): Html => html`<code><bdi>${text}</bdi></code>`;

/** Returns a command to copy, which wraps only between its words. */
export function command(text: string): Html {
  const words = text.split(' ').map((word, index) => html`${index > 0 && ' '}<span>${word}</span>`);
  return html`<code class="command">${words}</code>`;
}

export interface Section {
  readonly title: string;
  /** Beside the title. */
  readonly note?: HtmlValue;
  readonly body: HtmlValue;
}

/** Returns a section; its heading names it for assistive technology. */
export function section({ title, note, body }: Section): Html {
  const id = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return html`<section aria-labelledby="${id}">
<header><h2 id="${id}">${title}</h2>${note !== undefined && html`<p>${note}</p>`}</header>
${body}
</section>
`;
}

export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
}

/** Returns key figures in a row. */
export function tiles(all: readonly Tile[]): Html {
  return html`<dl class="tiles">${all.map(
    ({ name, value, note }) =>
      html`<div><dt>${name}</dt><dd>${value}${note !== undefined && html`<span class="note">${note}</span>`}</dd></div>`,
  )}</dl>
`;
}

/** Returns names with values, of which some may be absent. */
export function facts(all: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  const known = all.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export const empty = (text: string): Html => html`<p class="empty">${text}</p>`;

/** Returns a link to an HTTP address; the text alone for any other address. */
export function link(url: string | undefined, text: string): Html {
  const isWeb = url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url);
  return isWeb ? html`<a class="external" href="${url}" rel="noreferrer"><bdi>${text}</bdi></a>` : isolated(text);
}
