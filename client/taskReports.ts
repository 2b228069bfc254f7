import type { StepName } from '@etl/pipeline/definition';
import type { TaskHeartbeat } from '@etl/pipeline/runStatus';
import type { WorkflowClient, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { decoded } from './decoded';

/** Progress of a conversion that a workflow or one of its children waits for. */
export interface TaskReport extends TaskHeartbeat {
  readonly ofChild: boolean;
  /** False once the child is closed: its last report is kept. */
  readonly isOpen: boolean;
}

export type Watched = Pick<WorkflowHandle, 'describe'> & {
  readonly client: Pick<WorkflowClient, 'getHandle' | 'options'>;
};
type Description = Pick<WorkflowExecutionDescription, 'raw'>;

interface Child {
  readonly workflowId: string;
  readonly runId: string;
  readonly isOpen: boolean;
  reports: readonly TaskHeartbeat[];
}

/** Maximum of children described at once. When there are more, those described longest ago come first. */
const childrenAtATime = 20;
/** Activities that report progress. */
export const reportingActivities: ReadonlySet<string> = new Set<StepName>(['awaitTask', 'convertLight']);

/**
 * Creates a reader of the most recent progress, which is in the heartbeat details of pending activities. The returned
 * function takes the newest description of the workflow, describes some of its children, and returns all known reports.
 */
export function createReportReader({ client }: Watched): (description: Description) => Promise<readonly TaskReport[]> {
  /** Children ordered by their last description, oldest first. */
  let children: readonly Child[] = [];

  return async (description) => {
    children = mergeChildren(children, description);
    const open = children.filter(({ isOpen }) => isOpen).slice(0, childrenAtATime);
    await Promise.all(
      open.map(async (child) => {
        // A child closed meanwhile has no pending activity: its last report is kept.
        const reports = await heartbeatsIn(await client.getHandle(child.workflowId, child.runId).describe(), client);
        if (reports.length > 0) child.reports = reports;
      }),
    );
    children = [...children.filter((child) => !open.includes(child)), ...open];
    const own = await heartbeatsIn(description, client);
    return [
      ...own.map((heartbeat) => ({ ...heartbeat, ofChild: false, isOpen: true })),
      ...children.flatMap(({ isOpen, reports }) => reports.map((each) => ({ ...each, ofChild: true, isOpen }))),
    ];
  };
}

/** Returns the known children, open or closed according to the description, and the new ones. */
function mergeChildren(known: readonly Child[], { raw }: Description): Child[] {
  const pending = new Map((raw.pendingChildren ?? []).map(({ workflowId, runId }) => [workflowId ?? '', runId ?? '']));
  const same = known.filter(({ workflowId, runId }) => (pending.get(workflowId) ?? runId) === runId);
  const kept = new Set(same.map(({ workflowId }) => workflowId));
  const fresh = [...pending].flatMap(([workflowId, runId]) =>
    kept.has(workflowId) ? [] : [{ workflowId, runId, isOpen: true, reports: [] }],
  );
  return [...fresh, ...same.map((child) => ({ ...child, isOpen: pending.has(child.workflowId) }))];
}

/**
 * Returns the details of the last heartbeats, decoded by the client's data converter. Details that cannot be decoded
 * are left out.
 */
export async function heartbeatsIn({ raw }: Description, { options }: Watched['client']): Promise<TaskHeartbeat[]> {
  const found = (raw.pendingActivities ?? []).flatMap(({ activityType, heartbeatDetails }) => {
    const payload = reportingActivities.has(activityType?.name ?? '') ? heartbeatDetails?.payloads?.[0] : undefined;
    return payload ? [payload] : [];
  });
  const details = found.map(async (payload) => {
    try {
      return [await decoded<TaskHeartbeat>(payload, options.loadedDataConverter)];
    } catch {
      return [];
    }
  });
  return (await Promise.all(details)).flat().filter((each) => typeof each?.generation === 'number');
}
