import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { getFreePort } from '../../local/freePort';
import { startDevServer } from '../../local/temporal/devServer';
import type { ServerProcess } from '../../local/temporal/serverProcess';

/** A Temporal server (the executable in ETL_TEST_TEMPORAL) that a test can stop and restart, with a client. */
export class TestServer {
  /** Reconnects after the server restarts. */
  readonly connection: Connection;
  readonly client: Client;
  private server: ServerProcess | undefined;

  private constructor(
    readonly folder: string,
    private readonly ports: { readonly port: number; readonly uiPort: number },
    private readonly lasting: boolean,
  ) {
    this.connection = Connection.lazy({ address: this.address });
    this.client = new Client({ connection: this.connection });
  }

  /** `lasting`: keeps its state in a file across `stop` and `crash`. In memory the server is much faster. */
  static async start({ lasting = false }: { lasting?: boolean } = {}): Promise<TestServer> {
    const folder = await mkdtemp(join(tmpdir(), 'etl-temporal-'));
    const server = new TestServer(folder, { port: await getFreePort(), uiPort: await getFreePort() }, lasting);
    await server.up();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.ports.port}`;
  }

  async up(): Promise<void> {
    const exe = process.env.ETL_TEST_TEMPORAL ?? '';
    const kept = this.lasting ? { dbFile: join(this.folder, 'temporal.db') } : {};
    this.server = await startDevServer({ exe, ...this.ports, ...kept, logFile: join(this.folder, 'temporal.log') });
    await this.connection.ensureConnected();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** Kills the server. */
  async crash(): Promise<void> {
    if (this.server) process.kill(this.server.pid, 'SIGKILL');
    await this.server?.exited;
  }

  async remove(): Promise<void> {
    await this.connection.close();
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
