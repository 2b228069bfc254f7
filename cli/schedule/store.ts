import { CliError } from '@etl/lib/cliError';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';
import { cliExitCodes } from '../errors';
import { etlCommand, sameCommandWith } from '../hints';
import { lookUp } from './find';
import type { nightlySchedule } from './settings';

/** The gRPC status INVALID_ARGUMENT. @see https://grpc.io/docs/guides/status-codes/ */
const invalidArgument = 3;

export interface StoreOptions {
  readonly paused?: boolean;
  readonly note?: string;
  /** Replaces an existing schedule of this name. */
  readonly replace?: boolean;
}

/**
 * Creates or replaces a schedule.
 *
 * @throws {CliError} when the name is taken, or Temporal rejects the schedule.
 */
export async function storeSchedule(
  client: Client,
  name: string,
  schedule: ReturnType<typeof nightlySchedule>,
  options: StoreOptions,
): Promise<Stored> {
  return store(client, name, schedule, options).catch(explainRejection(name));
}

export interface Stored {
  readonly what: 'created' | 'replaced';
  readonly paused: boolean;
}

async function store(
  client: Client,
  name: string,
  schedule: ReturnType<typeof nightlySchedule>,
  { paused, note, replace }: StoreOptions,
): Promise<Stored> {
  const known = replace ? await lookUp(client, name) : undefined;
  const withNote = note === undefined ? {} : { note };
  if (known) {
    // A paused schedule stays paused: a new timetable does not remove the reason for the pause.
    const isPaused = paused ?? known.description.state.paused;
    await known.handle.update(({ state }) => ({ ...schedule, state: { ...state, paused: isPaused, ...withNote } }));
    return { what: 'replaced', paused: isPaused };
  }
  await client.schedule.create({ scheduleId: name, ...schedule, state: { paused: paused ?? false, ...withNote } });
  return { what: 'created', paused: paused ?? false };
}

const explainRejection =
  (name: string) =>
  (error: unknown): never => {
    const { isGrpcServiceError, ScheduleAlreadyRunning, ServiceError } = temporalClient();
    if (error instanceof ScheduleAlreadyRunning) {
      const remedy = `Show it with: ${etlCommand('schedule', 'describe', name)}; replace it with: ${sameCommandWith('--replace')}`;
      throw new CliError(`schedule ${name} already exists`, remedy, cliExitCodes.cannotCreate, { cause: error });
    }
    const { cause } = error as { cause?: unknown };
    if (error instanceof ServiceError && isGrpcServiceError(cause) && cause.code === invalidArgument) {
      const remedy = 'Correct the setting that the message names, and create the schedule again';
      throw new CliError(`Temporal rejected schedule ${name}: ${cause.details}`, remedy, cliExitCodes.usage, { cause });
    }
    throw error;
  };
