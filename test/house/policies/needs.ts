import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const packages: Readonly<Record<string, string>> = { pipeline: 'pipeline', storage: 'storage', image: 'etl-image' };

/**
 * IAM actions that a command requires. A batch requires the permission of its single call. Sources: Service
 * Authorization Reference; Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
 */
export const actionsOf: Readonly<Record<string, readonly string[]>> = {
  'client-cloudwatch-logs/GetLogEvents': ['logs:GetLogEvents'],
  'client-ecs/DescribeTaskDefinition': ['ecs:DescribeTaskDefinition'],
  'client-ecs/DescribeTasks': ['ecs:DescribeTasks'],
  'client-ecs/ListTasks': ['ecs:ListTasks'],
  'client-ecs/RegisterTaskDefinition': ['ecs:RegisterTaskDefinition', 'ecs:TagResource', 'iam:PassRole'],
  'client-ecs/RunTask': ['ecs:RunTask', 'ecs:TagResource', 'iam:PassRole'],
  'client-ecs/StopTask': ['ecs:StopTask'],
  'client-glue/CreatePartition': ['glue:CreatePartition'],
  'client-glue/CreateTable': ['glue:CreateTable'],
  'client-glue/GetDatabase': ['glue:GetDatabase'],
  'client-glue/GetPartition': ['glue:GetPartition'],
  'client-glue/GetTable': ['glue:GetTable'],
  'client-glue/UpdatePartition': ['glue:UpdatePartition'],
  'client-glue/UpdateTable': ['glue:UpdateTable'],
  'client-kms/Decrypt': ['kms:Decrypt'],
  'client-lambda/Invoke': ['lambda:InvokeFunction'],
  // The Data API reads the secret with the role of the caller.
  'client-redshift-data/BatchExecuteStatement': [
    'redshift-data:BatchExecuteStatement',
    'secretsmanager:GetSecretValue',
  ],
  'client-redshift-data/CancelStatement': ['redshift-data:CancelStatement'],
  'client-redshift-data/DescribeStatement': ['redshift-data:DescribeStatement'],
  'client-redshift-data/ExecuteStatement': ['redshift-data:ExecuteStatement', 'secretsmanager:GetSecretValue'],
  'client-redshift-data/GetStatementResult': ['redshift-data:GetStatementResult'],
  'client-s3/AbortMultipartUpload': ['s3:AbortMultipartUpload'],
  'client-s3/CompleteMultipartUpload': ['s3:PutObject'],
  'client-s3/CopyObject': ['s3:GetObject', 's3:PutObject'],
  'client-s3/CreateMultipartUpload': ['s3:PutObject'],
  'client-s3/DeleteObject': ['s3:DeleteObject'],
  'client-s3/GetObject': ['s3:GetObject'],
  'client-s3/HeadObject': ['s3:GetObject'],
  'client-s3/ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  // Without it S3 answers 403 instead of 404 for a missing object.
  'client-s3/ListObjectsV2': ['s3:ListBucket'],
  'client-s3/PutObject': ['s3:PutObject'],
  'client-s3/UploadPartCopy': ['s3:GetObject', 's3:PutObject'],
  'client-sns/Publish': ['sns:Publish'],
  'client-sqs/ChangeMessageVisibilityBatch': ['sqs:ChangeMessageVisibility'],
  'client-sqs/DeleteMessageBatch': ['sqs:DeleteMessage'],
  'client-sqs/GetQueueAttributes': ['sqs:GetQueueAttributes'],
  'client-sqs/ReceiveMessage': ['sqs:ReceiveMessage'],
  'client-sqs/SendMessage': ['sqs:SendMessage'],
  'lib-storage/Upload': ['s3:AbortMultipartUpload', 's3:PutObject'],
};

/** IAM actions that each operation of the S3 store requires. */
export const actionsOfStore: Readonly<Record<string, readonly string[]>> = {
  head: ['s3:GetObject', 's3:ListBucket'],
  openRead: ['s3:GetObject', 's3:ListBucket'],
  readSmall: ['s3:GetObject', 's3:ListBucket'],
  write: ['s3:PutObject'],
  writeIfAbsent: ['s3:GetObject', 's3:PutObject'],
  upload: ['s3:AbortMultipartUpload', 's3:PutObject'],
  copy: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
  list: ['s3:ListBucket'],
  remove: ['s3:DeleteObject'],
  removeUnfinished: ['s3:AbortMultipartUpload', 's3:ListBucketMultipartUploads'],
};

/** Implementations of the store: their callers are measured by the operations of the port. */
const isAdapter = (file: string): boolean =>
  /^storage\/src\/(s3\w*|openS3Store|openStore|confinedStore|fileStore|objectStore)\.ts$/.test(file);

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/**
 * Returns the files of a program: its transitive imports. @param withTypes whether imports of types count @default false
 */
export function filesOf(entry: string, withTypes = false): string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const each of importsOf(file, withTypes)) visit(each);
  };
  visit(entry);
  return [...found];
}

function importsOf(file: string, withTypes: boolean): string[] {
  const pattern =
    /(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|(?:require|import)\(\s*['"]([^'"]+)['"]/g;
  return [...textOf(file).matchAll(pattern)].flatMap(([, type, statement, call]) => {
    const specifier = statement ?? call ?? '';
    const [, name = '', path = ''] = /^@etl\/(\w+)\/(.+)$/.exec(specifier) ?? [];
    if ((type !== undefined && !withTypes) || (name === '' && !specifier.startsWith('.'))) return [];
    const target = name === '' ? normalize(join(dirname(file), specifier)) : join(packages[name] ?? '', 'src', path);
    return [`${target}.ts`, join(target, 'index.ts')].filter((each) => existsSync(join(root, each))).slice(0, 1);
  });
}

/** Returns the commands that a file imports from the SDK, such as `client-ecs/RunTask`. */
export function commandsIn(file: string): string[] {
  return [...textOf(file).matchAll(/import \{([^}]*)\} from '@aws-sdk\/([a-z0-9-]+)'/g)].flatMap(
    ([, names = '', client = '']) =>
      [...names.matchAll(/(?<!type )\b(\w+)Command\b|\b(Upload)\b/g)].map(
        ([, command, upload]) => `${client}/${command ?? upload}`,
      ),
  );
}

/** Returns the actions that a program's role needs, by its SDK commands and its calls of the store. */
export function neededActions(entry: string): string[] {
  const files = filesOf(entry).filter((file) => !isAdapter(file));
  const commands = files.flatMap(commandsIn).flatMap((name) => actionsOf[name] ?? [`unknown: ${name}`]);
  const operations = files.flatMap((file) =>
    [...textOf(file).matchAll(/\bstore\.(\w+)\(/g)].flatMap(([, name = '']) => actionsOfStore[name] ?? []),
  );
  return [...new Set([...commands, ...operations])].sort();
}
