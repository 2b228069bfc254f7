import { docker, dockerAnswers } from '../../local/docker/docker';
import { isMinistackAvailable } from '../../local/ministack/find';

/** Returns the requirements of ministack that this machine lacks, each with the way to install it. */
export async function missingForMinistack(image: string | undefined): Promise<string[]> {
  const [hasDocker, ministack] = await Promise.all([dockerAnswers(), isMinistackAvailable()]);
  return [
    ...(hasDocker ? [] : ['Docker, running (https://docs.docker.com/get-docker)']),
    ...(ministack ? [] : ['Python 3.10 or later with venv (https://www.python.org/downloads)']),
    ...(image === undefined || !hasDocker || (await hasImage(image))
      ? []
      : [
          `the image ${image}, which ETL_COMPARE_IMAGE names (run docker pull ${image}, or unset the variable to build it)`,
        ]),
  ];
}

const hasImage = (image: string): Promise<boolean> =>
  docker(['image', 'inspect', '--format', '{{.Id}}', image]).then(
    () => true,
    () => false,
  );
