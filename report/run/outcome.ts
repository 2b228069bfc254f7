import { oneLine } from '@etl/lib/oneLine';
import { type Html, html } from '@etl/lib/text/html';
import { stepLine } from '@etl/pipeline/runs/failureView';
import type { Next, RunOutcome, RunView } from '@etl/pipeline/runs/runView';
import { secondsBetween, showSeconds, showTime } from '../page/amounts';
import { chip, command, isolated, type Tone } from '../page/parts';

const outcomes: Readonly<Record<RunOutcome, { readonly name: string; readonly tone: Tone }>> = {
  running: { name: 'Running', tone: 'busy' },
  held: { name: 'Held', tone: 'warn' },
  delivered: { name: 'Delivered', tone: 'good' },
  failed: { name: 'Failed', tone: 'bad' },
  cancelled: { name: 'Cancelled', tone: 'calm' },
  terminated: { name: 'Terminated', tone: 'bad' },
  timedOut: { name: 'Timed out', tone: 'bad' },
};

export const toneOf = (outcome: RunOutcome): Tone => outcomes[outcome].tone;

export const outcomeChip = (outcome: RunOutcome): Html => chip(outcomes[outcome].name, toneOf(outcome));

/** Returns the failure type of a run, unless it only repeats the outcome. */
export function failureOf({ outcome, failureType }: RunView): string | undefined {
  const { name } = outcomes[outcome];
  const isRepeated = failureType?.toLowerCase() === name.toLowerCase().replace(' ', '');
  return outcome === 'delivered' || isRepeated ? undefined : failureType;
}

/** Returns the head of a page about a run: outcome, failure type, batch and times. */
export function runHead(view: RunView, generatedAt: string): Html {
  const { outcome, title, startedAt, endedAt, file } = view;
  const failure = failureOf(view);
  const seconds = secondsBetween(startedAt, endedAt ?? generatedAt);
  const times =
    endedAt === undefined ? `since ${showTime(startedAt)}` : `${showTime(startedAt)}, ${showSeconds(seconds)}`;
  return html`<header class="head">
<div class="what">${outcomeChip(outcome)}<span>${times}</span></div>
<h1>${failure !== undefined && html`${isolated(failure)}: `}${isolated(title)}</h1>
${file !== undefined && html`<p class="dim">${isolated(file)}</p>`}
</header>
`;
}

/** Returns why a run is where it is and what comes next; nothing for a run that simply delivered. */
export function outcomeCallout(view: RunView): Html {
  const { outcome, reason, reasons, file, stopReason, exitCode, next, alreadyDelivered, hasDeadLetter } = view;
  const step = outcome === 'delivered' ? undefined : stepLine(view);
  const isNews = stopReason !== undefined && !reason?.includes(stopReason);
  const why = alreadyDelivered
    ? 'The source was delivered before with the same options, so nothing was launched.'
    : reason && oneLine(withoutFile(reason, file), '; ');
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Step', step],
    ['Stopped', isNews ? stopReason : undefined],
    ['Exit code', exitCode === undefined ? undefined : String(exitCode)],
    ['Event', hasDeadLetter ? 'in the dead-letter queue' : undefined],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  if (!why && known.length === 0 && !next) return html``;
  return html`<div class="callout is-${toneOf(outcome)}">
${reasons.length > 1 ? html`<ul>${reasons.map((each) => html`<li>${isolated(withoutFile(each, file))}</li>`)}</ul>` : why && html`<p class="reason">${isolated(why)}</p>`}
${known.length > 0 && html`<dl>${known.map(([name, value]) => html`<dt>${name}</dt><dd>${isolated(value ?? '')}</dd>`)}</dl>`}
${nextStep(next)}
</div>
`;
}

/** The head of the page has the file. */
const withoutFile = (text: string, file = ''): string =>
  file !== '' && text.startsWith(`${file}: `) ? text.slice(file.length + 2) : text;

function nextStep(next: Next | undefined): Html {
  switch (next?.kind) {
    case undefined:
      return html``;
    case 'retry':
      return html`<p><strong>Next:</strong> the run retries automatically${next.at !== undefined && html` at ${showTime(next.at)}`}.</p>`;
    case 'wait':
      return html`<p><strong>Next:</strong> the run waits for ${next.for}.</p>`;
    case 'command':
      return html`<p><strong>Next:</strong> ${next.why}. Then:</p>${command(next.command)}`;
  }
}
