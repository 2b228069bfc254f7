import { consoleUrl } from '@etl/ecs/consoleUrl';
import { shownUri } from '@etl/lib/text/shownUri';
import { parseUri } from '@etl/lib/uri';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { PageLink } from './data';

export interface LinkSettings {
  /** Address of the Web UI. */
  readonly uiUrl?: string | undefined;
  readonly namespace: string;
  /** Whether S3 is that of AWS, whose console shows buckets. */
  readonly isAws: boolean;
}

/** Returns where the details of a run are: the Web UI, the AWS console and the files. */
export function linksOf(view: RunView, internal: string | undefined, settings: LinkSettings): PageLink[] {
  const { workflowId, runId, taskArn, published, file } = view;
  const task = view.console ?? (taskArn === undefined ? undefined : consoleUrl(taskArn));
  const folder = (name: string, uri: string | undefined): PageLink[] =>
    uri === undefined ? [] : [{ name, text: shownUri(uri), ...urlOf(settings.isAws ? bucketPage(uri) : undefined) }];
  return [
    ...webUi(settings, workflowId, runId),
    ...(task === undefined
      ? []
      : [
          { name: 'ECS console', text: 'task', url: task },
          { name: 'CloudWatch', text: 'log of the task', url: logPage(task) },
        ]),
    ...(file === undefined ? [] : [{ name: 'Source', text: file }]),
    ...folder('Published', published),
    ...folder('Commits and rejects', internal),
  ];
}

function webUi({ uiUrl, namespace }: LinkSettings, workflowId: string, runId: string): PageLink[] {
  if (uiUrl === undefined) return [];
  const path = ['namespaces', namespace, 'workflows', workflowId, ...(runId === '' ? [] : [runId, 'history'])];
  const url = `${uiUrl.replace(/\/$/, '')}/${path.map(encodeURIComponent).join('/')}`;
  return [{ name: 'Temporal Web UI', text: 'history of the run', url }];
}

/** Returns the page of a task's log. @see Amazon ECS console, tab "Logs" of a task */
const logPage = (task: string): string => task.replace('?', '/logs?');

/** Returns the page of a folder in the S3 console; undefined for a file. */
function bucketPage(uri: string): string | undefined {
  const location = parseUri(uri);
  if (location?.kind !== 's3') return undefined;
  const prefix = new URLSearchParams({ prefix: `${location.key}/` });
  return `https://console.aws.amazon.com/s3/buckets/${location.bucket}?${prefix}`;
}

const urlOf = (url: string | undefined): { url?: string } => (url === undefined ? {} : { url });
