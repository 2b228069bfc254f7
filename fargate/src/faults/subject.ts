import { type RunTaskInput, runTaskInput } from '../api/schemas';
import type { TaskRecord } from '../state/records';
import type { TaskStore } from '../state/taskStore';
import type { Where } from './plan';

/** The task, or the request for one, that a rule's `where` is matched against. */
export interface Subject {
  readonly startedBy?: string | undefined;
  readonly tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[];
  /** One environment for each container. */
  readonly environments: readonly Readonly<Record<string, string>>[];
}

export function subjectOfTask({ description, containers }: TaskRecord): Subject {
  const environments = containers.map(({ environment }) => environment);
  return { startedBy: description.startedBy, tags: description.tags ?? [], environments };
}

/** Returns the tasks that a call concerns: requested by RunTask, or named by DescribeTasks and StopTask. */
export async function subjectsOfCall(
  operation: string,
  input: Record<string, unknown>,
  tasks: Pick<TaskStore, 'read'>,
): Promise<Subject[]> {
  if (operation === 'RunTask') {
    const request = runTaskInput.safeParse(input);
    return request.success ? [subjectOfRequest(request.data)] : [];
  }
  const states = await Promise.all(taskNames(input).map((name) => tasks.read(name.slice(name.lastIndexOf('/') + 1))));
  return states.flatMap((state) => (state ? [subjectOfTask(state.record)] : []));
}

/** Returns the task names of a request, exactly as given. */
export function taskNames({ task, tasks }: Record<string, unknown>): string[] {
  const named: unknown[] = [task, ...(Array.isArray(tasks) ? tasks : [])];
  return named.filter((name) => typeof name === 'string');
}

function subjectOfRequest({ startedBy, tags = [], overrides }: RunTaskInput): Subject {
  const environments = (overrides?.containerOverrides ?? []).map(({ environment = [] }) =>
    Object.fromEntries(environment.map(({ name = '', value = '' }) => [name, value])),
  );
  return { startedBy, tags, environments };
}

/** Returns whether every condition holds. All variables must match in the same container. */
export function isSelected({ startedBy, tag = {}, environment = {} }: Where, subject: Subject): boolean {
  const hasTag = ([key, value]: [string, string]) => subject.tags.some((own) => own.key === key && own.value === value);
  const wanted = Object.entries(environment);
  return (
    (startedBy === undefined || startedBy === subject.startedBy) &&
    Object.entries(tag).every(hasTag) &&
    (wanted.length === 0 || subject.environments.some((own) => wanted.every(([name, value]) => own[name] === value)))
  );
}
