import { Command } from 'commander';
import { localDefaults } from '../../config/localDefaults';
import type { CodecServerOptions } from '../actions/codecServer';
import { port, webAddress } from '../arguments';

const action = (): typeof import('../actions/codecServer') => require('../actions/codecServer');

export function codecServerCommand(): Command {
  return new Command('codec-server')
    .description('serve decrypted payloads to the Web UI and the temporal CLI on this machine, with ETL_PAYLOAD_KEYS')
    .option('--port <port>', 'port on 127.0.0.1', port, localDefaults.codecPort)
    .option(
      '--ui <url>',
      `address of the Web UI that may send requests (default: TEMPORAL_UI_URL, else http://127.0.0.1:${localDefaults.uiPort})`,
      webAddress,
    )
    .option('--json', 'print one JSON object when the server is ready')
    .action((options: CodecServerOptions) => action().codecServer(options));
}
