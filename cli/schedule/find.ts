import { CliError } from '@etl/lib/cliError';
import { workflowTypes } from '@etl/pipeline/definition';
import type { Client, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';
import { cliExitCodes } from '../errors';
import { etlCommand, temporalCommand } from '../hints';

export interface Found {
  readonly handle: ScheduleHandle;
  readonly description: ScheduleDescription;
}

/**
 * Returns a batch schedule; undefined when there is no schedule of this name.
 *
 * @throws {CliError} when the schedule starts a different workflow type.
 */
export async function lookUp(client: Client, name: string): Promise<Found | undefined> {
  const handle = client.schedule.getHandle(name);
  const description = await handle.describe().catch((error: unknown) => {
    if (error instanceof temporalClient().ScheduleNotFoundError) return undefined;
    throw error;
  });
  if (!description) return undefined;
  const { workflowType } = description.action;
  if (workflowType === workflowTypes.nightlyBatch) return { handle, description };
  throw new CliError(
    `schedule ${name} starts ${workflowType}, not a batch`,
    `Show it with: ${temporalCommand('schedule', 'describe', '--schedule-id', name)}`,
    cliExitCodes.usage,
  );
}

/**
 * Returns a batch schedule.
 *
 * @throws {CliError} when there is no schedule of this name, or it starts a different workflow type.
 */
export async function find(client: Client, name: string): Promise<Found> {
  const found = await lookUp(client, name);
  if (found) return found;
  const remedy = `List the schedules with: ${etlCommand('schedule', 'list')}`;
  throw new CliError(`schedule not found: ${name}`, remedy, cliExitCodes.noInput);
}
