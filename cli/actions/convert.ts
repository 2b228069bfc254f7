import { randomUUID } from 'node:crypto';
import { containerEnvironment } from '@etl/pipeline/container';
import { transform } from '@etl/pipeline/definition';
import { layout } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import { optionsSchema } from '@etl/pipeline/options';
import { resolveBatch } from '@etl/pipeline/plan';
import { describeIssue } from '@etl/pipeline/schemaIssues';
import { calendarDate, destinationUri, jsonObject, sourceUri } from '../arguments';
import type { ConvertOptions } from '../commands/convert';
import { runContainer } from '../container';
import { CliError, cliExitCodes } from '../errors';
import { createStatusLine, describeManifest } from '../show';

const endings = {
  committed: 'Delivered.',
  already: 'Delivered before: same source, same options. Nothing was done again.',
  superseded: 'Superseded: a later run has published this batch. Nothing was published.',
} as const;

export async function convert(file: string, options: ConvertOptions): Promise<void> {
  const inputUri = sourceUri(file);
  const destination = destinationUri(options.out);
  const startedAt = new Date().toISOString();
  const batchDate = options.date === undefined ? startedAt.slice(0, 10) : calendarDate(options.date);
  const { dataset } = options;
  const batch = resolveBatch({ batchDate, ...(dataset !== undefined && { dataset }) }, inputUri);
  const show = showProgress(options);
  const end = await runContainer(
    containerEnvironment({
      ...batch,
      inputUri,
      destination,
      runId: randomUUID(),
      generation: 1,
      runStartedAt: startedAt,
      chunkRows: options.chunkRows,
      options: parseOptions(options.options),
      timeoutSeconds: transform.timeoutSeconds * 24,
    }),
    show.progress,
  );
  show.end();
  if (end.kind === 'failed') throw new CliError(end.cause, end.remedy, end.exitCode);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(end.manifest)}\n`);
    return;
  }
  const facts = describeManifest(end.manifest, layout(destination, batch));
  process.stdout.write(`${[endings[end.status], ...facts].join('\n')}\n`);
}

/** With `--json` stdout is for the manifest alone. */
function showProgress({ json, progress: kind }: ConvertOptions) {
  if (kind === 'json') {
    return {
      progress: (each: Progress) => void process.stderr.write(`${JSON.stringify(each)}\n`),
      end: () => undefined,
    };
  }
  const line = json || kind === 'none' ? undefined : createStatusLine(process.stdout);
  return { progress: (each: Progress) => line?.show({ step: 'transform', progress: each }), end: () => line?.end() };
}

function parseOptions(text: string | undefined) {
  const input = text === undefined ? {} : jsonObject('--options', text);
  const parsed = optionsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, [], input));
  throw new CliError(`--options: ${problems.join('; ')}`, 'docs/csv.md lists the options', cliExitCodes.usage);
}
