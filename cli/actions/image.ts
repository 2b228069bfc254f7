import { join } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { DockerError, dockerAnswers } from '../../local/docker/docker';
import { buildImage, etlDockerfile } from '../../local/docker/images';
import { reported } from '../../local/reported';
import { cliExitCodes } from '../errors';
import { printJson, printLines } from '../output';
import { packageRoot } from '../packageRoot';
import { untilSignal } from '../signals';

export interface ImageOptions {
  readonly tag: string;
  readonly json?: boolean;
}

/** Builds the image of the tasks from this clone, or from the installed package. */
export async function image({ tag, json }: ImageOptions): Promise<void> {
  if (!(await dockerAnswers())) {
    const remedy = 'Install Docker (https://docs.docker.com/get-docker) and start it';
    throw new CliError('Docker does not answer', remedy, cliExitCodes.unavailable);
  }
  const log = (line: string): void => printLines([line], json ? process.stderr : process.stdout);
  const interrupted = new AbortController();
  void untilSignal().then(() => interrupted.abort());
  const { signal } = interrupted;
  const id = await reported(log, `Building the image ${tag}`, () =>
    buildImage({ root: packageRoot, dockerfile: etlDockerfile, tag, signal }),
  ).catch((error: unknown) => {
    if (!(error instanceof DockerError)) throw error;
    const command = `docker build -f ${join(packageRoot, etlDockerfile)} -t ${tag} ${packageRoot}`;
    throw new CliError(error.message, `For the whole output, run: ${command}`, cliExitCodes.unavailable, {
      cause: error,
    });
  });
  if (json) printJson({ tag, id });
  else log(`Built ${tag} (${id}).`);
}
