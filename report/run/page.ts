import { count } from '@etl/lib/amounts';
import { cut } from '@etl/lib/capped';
import { type Html, html, htmlLines } from '@etl/lib/text/html';
import { headlineOf } from '@etl/pipeline/runs/failureView';
import type { RunView } from '@etl/pipeline/runs/runView';
import { showTime, showUsd } from '../page/amounts';
import { chip, facts, isolated, link, section } from '../page/parts';
import { document } from '../page/shell';
import { table } from '../page/table';
import type { RunReport } from './data';
import { figures } from './figures';
import { launchesSection } from './launchesSection';
import { outcomeCallout, runHead } from './outcome';
import { qualitySection } from './qualitySection';
import { resourcesSection } from './resourcesSection';
import { rowsSection } from './rowsSection';
import { schemaSection } from './schemaSection';
import { sinksSection } from './sinksSection';
import { timelineSection } from './timelineSection';

/** Returns the page about a run: a document of one file, whose size is bounded. */
export function runPage(report: RunReport): Html {
  const { view, generatedAt, commit } = report;
  return document({
    title: headlineOf(view),
    body: html`${runHead(view, generatedAt)}${outcomeCallout(view)}${figures(report)}
${logSection(view)}${timelineSection(report.timeline)}${filesSection(view)}${rowsSection(report)}
${qualitySection(report)}${resourcesSection(report)}${launchesSection(report.costs)}${schemaSection(report)}${sinksSection(report.sinks)}
${listSection('Warnings', commit?.manifest.warnings ?? [])}${identitySection(report)}${listSection('Notes', report.notes)}`,
    footer: html`Generated ${showTime(generatedAt)} by <code>etl report</code>. This page is self-contained: it loads no other resources and runs no scripts.`,
  });
}

/** Lines of the log, the latest ones, and characters of each. */
const maxLogLines = 40;
const maxLogLine = 500;

function logSection({ logTail }: RunView): Html {
  if (logTail.length === 0) return html``;
  return section({
    title: 'Log',
    note: 'last lines of the container',
    body: html`<pre>${htmlLines(logTail.slice(-maxLogLines).map((line) => cut(line, maxLogLine)))}</pre>`,
  });
}

/** Returns the files of a batch that were not delivered. */
function filesSection({ kind, problems, files }: RunView): Html {
  if (kind === 'file' || problems.length === 0) return html``;
  const failed = (files?.failed ?? 0) + (files?.invalid ?? 0) + (files?.cancelled ?? 0);
  return section({
    title: 'Files that were not delivered',
    body: table({
      label: 'Files that were not delivered',
      columns: [
        { name: 'File', value: ({ file, title }) => isolated(file ?? title) },
        { name: 'Failure', value: ({ failureType = 'unknown' }) => chip(failureType, 'bad') },
        { name: 'Reason', value: ({ reason = '' }) => isolated(reason) },
        { name: 'Cost', kind: 'number', value: ({ costUsd }) => costUsd !== undefined && showUsd(costUsd) },
      ],
      rows: problems,
      of: Math.max(failed, problems.length),
    }),
  });
}

/** Lines that a list shows. */
const maxLines = 50;

function listSection(title: string, lines: readonly string[]): Html {
  if (lines.length === 0) return html``;
  const more = lines.length - maxLines;
  return section({
    title,
    body: html`<ul class="list">${lines.slice(0, maxLines).map((line) => html`<li>${isolated(line)}</li>`)}</ul>${more > 0 && html`<p class="dim small">${count(more, 'line')} more not shown.</p>`}`,
  });
}

function identitySection({ view, links, commit }: RunReport): Html {
  const { workflowId, runId, taskArn } = view;
  return section({
    title: 'Where to look',
    body: facts([
      ...links.map(({ name, url, text }) => [name, link(url, text)] as const),
      ['Workflow', html`<code><bdi>${workflowId}</bdi></code>`],
      ['Run', runId === '' ? undefined : html`<code><bdi>${runId}</bdi></code>`],
      ['Task', taskArn === undefined ? undefined : html`<code><bdi>${taskArn}</bdi></code>`],
      ['Commit', commit && `${commit.number}${commit.isOwn ? '' : ', made by another run'}`],
      ['Program', commit && isolated(commit.manifest.program ?? '')],
    ]),
  });
}
