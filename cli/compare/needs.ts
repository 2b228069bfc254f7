import { dockerAnswers } from '../../local/docker/docker';
import { canHaveMinistack } from '../../local/ministack/find';

/** What running the state machine on ministack needs and this machine lacks, each with how to get it. */
export async function missingForMinistack(): Promise<string[]> {
  const [docker, ministack] = await Promise.all([dockerAnswers(), canHaveMinistack()]);
  return [
    ...(docker ? [] : ['Docker, running (https://docs.docker.com/get-docker)']),
    ...(ministack ? [] : ['Python 3.10 or later with venv (https://www.python.org/downloads)']),
  ];
}
