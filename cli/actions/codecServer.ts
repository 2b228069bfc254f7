import { once } from 'node:events';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { parseConfig } from '../../config/environment';
import { localDefaults } from '../../config/localDefaults';
import { openPayloads } from '../../config/payloads/payloads';
import { createCodecServer, originsOf } from '../codecServer';
import { cliExitCodes } from '../errors';
import { untilSignal } from '../signals';
import { printResult } from '../withClient';

export interface CodecServerOptions {
  readonly port: number;
  readonly ui?: string;
  readonly json?: boolean;
}

export async function codecServer({ port, ui, json }: CodecServerOptions): Promise<void> {
  const { TEMPORAL_UI_URL: configured } = parseConfig(process.env);
  const { codec, isEncrypting } = await openPayloads();
  if (!isEncrypting) {
    const remedy = 'Set it to the keys of the workers (docs/security.md)';
    throw new CliError('ETL_PAYLOAD_KEYS is not set', remedy, exitCodes.badConfiguration);
  }
  const origins = originsOf(ui ?? configured ?? `http://127.0.0.1:${localDefaults.uiPort}`);
  const server = createCodecServer({ codec, origins });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const remedy = 'Choose another port with --port';
    throw new CliError(`cannot listen on port ${port}: ${error.code}`, remedy, cliExitCodes.unavailable, {
      cause: error,
    });
  });
  const url = `http://127.0.0.1:${port}`;
  printResult(json, { url, origins }, [
    `Codec server  ${url}, for the Web UI at ${origins.join(' and ')}`,
    `Web UI        enter the URL under "Codec Server" (the glasses icon), without credentials`,
    `temporal CLI  temporal workflow show --codec-endpoint ${url} --workflow-id …`,
    'Press Ctrl-C to stop it.',
  ]);
  await untilSignal();
  server.close();
  server.closeAllConnections();
}
