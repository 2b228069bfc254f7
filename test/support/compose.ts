import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeContainers } from '../../local/docker/containers';
import { docker } from '../../local/docker/docker';
import { getFreePort } from '../../local/freePort';
import { buildEtlImage, buildWorkerImage } from './docker';
import { type Listening, listeningIn } from './listening';
import { command, type Ended } from './processes';

const base = 'node:24-bookworm-slim';

/** The environment in which ministack is installed: the program is in its `bin`. */
const ministackFolder = () => dirname(dirname(process.env.ETL_TEST_MINISTACK ?? ''));

/**
 * Replaces images that a test cannot pull: a container runs the same programs as installed on this machine. ministack
 * needs everything it was installed with, so it mounts the machine's files read-only.
 */
const standIns = (name: string) => ({
  services: {
    temporal: {
      image: base,
      entrypoint: ['temporal'],
      volumes: [`${process.env.ETL_TEST_TEMPORAL}:/usr/local/bin/temporal:ro`],
    },
    ministack: {
      image: base,
      entrypoint: ['chroot', '/machine', process.env.ETL_TEST_MINISTACK],
      // Mounted again, since the temporary folder may hide it.
      volumes: ['/:/machine:ro', `${ministackFolder()}:/machine${ministackFolder()}:ro`],
      tmpfs: ['/machine/tmp'],
      // ministack labels its containers with this name.
      environment: { MINISTACK_HOSTNAME: name },
    },
  },
});

/** Images that Compose would build, from the same files and the same cache as in other tests. */
const built = { 'etl-worker': buildEtlImage, 'etl-orchestrator': buildWorkerImage };

/** docker-compose.yml with stand-ins for images that cannot be pulled, and with separate names and ports. */
export class Composed {
  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async create(): Promise<Composed> {
    const folder = await mkdtemp(join(tmpdir(), 'etl-compose-'));
    const name = `etl-test-${process.pid}`;
    // JSON is valid YAML.
    await writeFile(join(folder, 'stand-ins.yml'), JSON.stringify(standIns(name)));
    const [ETL_TEMPORAL_PORT, ETL_UI_PORT, ETL_MINISTACK_PORT] = [
      String(await getFreePort()),
      String(await getFreePort()),
      String(await getFreePort()),
    ];
    return new Composed(folder, name, { ETL_TEMPORAL_PORT, ETL_UI_PORT, ETL_MINISTACK_PORT, ETL_IMAGE_TAG: name });
  }

  get temporal(): string {
    return `127.0.0.1:${this.env.ETL_TEMPORAL_PORT}`;
  }
  get ui(): string {
    return `http://127.0.0.1:${this.env.ETL_UI_PORT}`;
  }
  get ministack(): string {
    return `http://127.0.0.1:${this.env.ETL_MINISTACK_PORT}`;
  }

  /** Runs `docker compose …` to completion. */
  async run(...args: string[]): Promise<Ended> {
    const [program = '', ...first] = (process.env.ETL_TEST_COMPOSE ?? '').split(' ');
    const files = ['-f', 'docker-compose.yml', '-f', join(this.folder, 'stand-ins.yml')];
    return command(program, [...first, '-p', this.name, '--project-directory', '.', ...files, ...args], this.env);
  }

  /** Returns the ports of a service's container, with the address at which this machine reaches them. */
  async listening(service: string): Promise<Listening[]> {
    const id = (await this.run('ps', '-q', service)).stdout.trim();
    const address = await docker(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', id]);
    const { stdout } = await this.run('exec', '-T', service, 'cat', '/proc/net/tcp', '/proc/net/tcp6');
    // 127.0.0.11 is Docker's DNS server, which only the container can reach.
    const open = listeningIn(stdout).filter((each) => !each.address.startsWith('127.'));
    return open.map(({ port }) => ({ address, port }));
  }

  async up(): Promise<void> {
    for (const [image, build] of Object.entries(built)) {
      await command('docker', ['tag', await build(), `${image}:${this.name}`]);
    }
    const { exitCode, stderr } = await this.run('up', '-d');
    if (exitCode !== 0) throw new Error(`docker compose up: ${stderr}`);
  }

  async remove(): Promise<void> {
    // Tasks first: they keep the network in use.
    await removeContainers(`ministack.instance=${this.name}:6666`);
    await this.run('down', '--volumes', '--timeout', '5');
    await command('docker', ['rmi', ...Object.keys(built).map((image) => `${image}:${this.name}`)]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
