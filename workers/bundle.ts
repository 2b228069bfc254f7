import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const dist = join(__dirname, '..');

export interface BundleOptions {
  /** Whether the messages of workflow failures become payloads, for workers that encrypt payloads. @default false */
  readonly isEncrypting?: boolean;
}

/**
 * Bundles workflows with the converter that the workflows of this package need.
 *
 * @param workflowsPath module whose exports are the workflows
 * @throws {CliError} if the module uses another copy of `@temporalio/workflow`
 */
export async function bundleWorkflows(
  workflowsPath: string,
  { isEncrypting = false }: BundleOptions = {},
): Promise<WorkflowBundle> {
  checkSdk(workflowsPath);
  const payloadConverterPath = join(dist, 'workflows', 'payloadConverter.js');
  const failureConverterPath = join(dist, 'config', 'payloads', 'failureConverter.js');
  // The bundler silently omits a converter that does not exist.
  for (const path of [payloadConverterPath, failureConverterPath])
    if (!existsSync(path)) throw new Error(`${path} does not exist: build or install the package again`);
  return bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath,
    ...(isEncrypting && { failureConverterPath }),
    logger: new DefaultLogger('WARN'),
  });
}

const sdk = '@temporalio/workflow';

/** Two copies of the SDK in one bundle have separate states: the workflows of one of them cannot run. */
function checkSdk(workflowsPath: string): void {
  const [ours, theirs] = [__dirname, dirname(workflowsPath)].map(sdkFrom);
  if (theirs === undefined || theirs === ours) return;
  throw new CliError(
    `${workflowsPath} uses another copy of ${sdk} than this package: ${theirs}, not ${ours}`,
    `Depend on the version that this package depends on: npm ls ${sdk} must show one`,
    exitCodes.badConfiguration,
  );
}

function sdkFrom(folder: string): string | undefined {
  try {
    return realpathSync(require.resolve(sdk, { paths: [folder] }));
  } catch {
    return undefined;
  }
}
