import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CreateFunctionCommand, type LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { steps } from '@etl/pipeline/definition';
import { strToU8, type ZipOptions, zipSync } from 'fflate';
import { functionMemoryMiB } from '../functionSize';

const dist = join(__dirname, '..', '..', '..');

/** A placeholder role that ministack does not check. */
export const anyRole = 'arn:aws:iam::000000000000:role/etl-compare';

const functions = {
  validateInput: { bundle: 'validate-input', timeoutSeconds: steps.validateInput.attemptTimeoutSeconds },
  confirmCommit: { bundle: 'confirm-commit', timeoutSeconds: steps.confirmCommit.attemptTimeoutSeconds },
  applySinks: { bundle: 'apply-sinks', timeoutSeconds: steps.applySink.attemptTimeoutSeconds },
} as const;

/**
 * Packages a bundle as deployed on AWS, together with a runtime. ministack's own Node runtime names every error
 * `Runtime.HandlerError`, but the state machine distinguishes errors by name.
 */
async function packageOf(bundle: string): Promise<Uint8Array> {
  const runtime = await readFile(join(dist, 'local', 'lambda', 'runtime.js'), 'utf8');
  const executable: ZipOptions = { os: 3, attrs: 0o755 << 16 };
  const folder = join(dist, 'lambda', bundle);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.map(async (path) => [relative(folder, path), await readFile(path)] as const);
  return zipSync({
    bootstrap: [strToU8(`#!/usr/bin/env node\n${runtime}`), executable],
    ...Object.fromEntries(await Promise.all(files)),
  });
}

/** Deploys the functions with this environment. Returns their ARNs once they can be invoked. */
export async function deployFunctions(
  lambda: LambdaClient,
  environment: Readonly<Record<string, string>>,
): Promise<Record<keyof typeof functions, string>> {
  const deploy = async (name: keyof typeof functions): Promise<string> => {
    const { bundle, timeoutSeconds } = functions[name];
    const { FunctionArn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: `etl-${bundle}`,
        Runtime: 'provided.al2023',
        Handler: 'index.handler',
        Role: anyRole,
        Timeout: timeoutSeconds,
        MemorySize: functionMemoryMiB,
        Environment: { Variables: { ...environment } },
        Code: { ZipFile: await packageOf(bundle) },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: FunctionArn });
    return FunctionArn;
  };
  const [validateInput, confirmCommit, applySinks] = await Promise.all([
    deploy('validateInput'),
    deploy('confirmCommit'),
    deploy('applySinks'),
  ]);
  return { validateInput, confirmCommit, applySinks };
}
