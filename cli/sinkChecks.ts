import { resolveDestination } from '@etl/pipeline/plan';
import { appliesSinks, sinkWarning } from '@etl/pipeline/sinks/destination';
import type { DeclaredSink } from '@etl/pipeline/sinks/sink';
import { inTurn } from '../activities/inTurn';
import type { SinkDataset, SinkWriter, SinkWriters } from '../activities/ports';
import { parseConfig } from '../config/environment';
import { explain } from '../config/explain';
import { createSinks } from '../workers/sinks';
import type { Check } from './checks';
import { readAnyDeclarations } from './dataset/read';

/** Sinks that are checked at a time. */
const maxChecks = 8;

/**
 * Checks the declared sinks with the credentials of this process. Sinks that cannot be read without a statement are not
 * checked.
 */
export async function sinkChecks(sinks = createSinks(maxChecks)): Promise<Check[]> {
  const declared = await declaredSinks();
  const found = await inTurn(declared, maxChecks, (each) => checkOf(sinks, each));
  return found.flatMap((check) => check ?? []);
}

interface Declared {
  readonly name: string;
  readonly sink: DeclaredSink;
  readonly dataset: SinkDataset;
}

/** Returns no sinks with an invalid configuration or an unreadable folder, which other checks and commands report. */
async function declaredSinks(): Promise<Declared[]> {
  try {
    const { cleanBase } = parseConfig(process.env);
    const datasets = (await readAnyDeclarations()).all();
    return datasets.flatMap(({ name: dataset, declaration: { destination, sinks = {} } }) =>
      Object.entries(sinks).map(([name, sink]) => ({
        ...{ name, sink },
        dataset: { name: dataset, destination: resolveDestination(destination, cleanBase) },
      })),
    );
  } catch {
    return [];
  }
}

async function checkOf(writers: SinkWriters, { name: sinkName, sink, dataset }: Declared): Promise<Check | undefined> {
  const name = `Sink ${sinkName} of ${dataset.name}`;
  if (!appliesSinks(dataset.destination)) return { name, state: 'optional', fact: sinkWarning(dataset.destination) };
  const writer = writers(sink.type) as SinkWriter<DeclaredSink>;
  if (!writer.check) return undefined;
  try {
    return { name, state: 'ok', fact: await writer.check(sink, dataset) };
  } catch (error) {
    const known = explain(error);
    // The message of a sink's error ends with its remedy.
    if (!known || (error as Error).name === 'SinkError')
      return { name, state: 'missing', fact: (error as Error).message };
    return { name, state: 'missing', fact: known.message, remedy: known.remedy };
  }
}
