import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LightRequest } from '../../activities/ports';
import { createProcessConverter } from '../../local/processConverter';
import { Bench } from '../support/container';
import { root } from '../support/processes';

const program = join(root, 'etl-image', 'dist', 'main.js');

describe('the light lane of the local system', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.create();
  });
  afterEach(() => bench.remove());

  const request = (environment: LightRequest['environment'], changes: Partial<LightRequest> = {}): LightRequest => ({
    environment,
    timeoutSeconds: 60,
    signal: new AbortController().signal,
    ...changes,
  });
  const converter = (memoryMiB = 1769, run = program) => createProcessConverter({ program: run, memoryMiB });
  /** Writes a program that runs until it is ended. */
  const stubborn = async (code: string) => bench.file('program.cjs', code);

  test('converts as a container does', async () => {
    const environment = bench.environment(await bench.file('in.csv', 'a,b\n1,2\n3,4\n'));
    const end = await converter().convert(request(environment));
    expect(end).toMatchObject({ exitCode: 0, seconds: expect.any(Number) });
    expect(end).not.toHaveProperty('killedFor');
    expect(await bench.rows()).toHaveLength(2);
  });

  test("returns an exit code with the program's own message", async () => {
    const end = await converter().convert(request(bench.environment(join(bench.folder, 'none.csv'))));
    expect(end).toMatchObject({ exitCode: 66, reason: expect.stringContaining('the object does not exist') });
    expect(end.logTail.join('\n')).toContain('Check INPUT_FILE');
  });

  test('kills a program that exceeds its memory limit', async () => {
    const hungry = await stubborn('const kept = []; setInterval(() => kept.push(Buffer.alloc(16 << 20, 1)), 20);');
    const end = await converter(200, hungry).convert(request({}));
    expect(end).toMatchObject({ killedFor: 'memory', reason: expect.stringContaining('200 MiB') });
    expect(end).not.toHaveProperty('exitCode');
  });

  test('sends SIGTERM to a program at its timeout', async () => {
    const slow = await stubborn("process.on('SIGTERM', () => process.exit(143)); setInterval(() => {}, 1000);");
    const end = await converter(1769, slow).convert(request({}, { timeoutSeconds: 1 }));
    expect(end).toMatchObject({ exitCode: 143, killedFor: 'timeout', reason: expect.stringContaining('after 1 s') });
  });

  test('reports an unknown outcome for a program killed by an external signal', async () => {
    const killed = await stubborn("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
    const end = await converter(1769, killed).convert(request({}));
    expect(end).toMatchObject({ killedFor: 'unknown', reason: 'the process was killed by SIGKILL' });
  });

  test('a cancellation terminates the program and waits for its exit', async () => {
    const seen = join(bench.folder, 'seen');
    const slow = await stubborn(
      `const { writeFileSync } = require('node:fs');
       process.on('SIGTERM', () => { writeFileSync(${JSON.stringify(seen)}, 'SIGTERM'); process.exit(143); });
       console.log('ready'); writeFileSync(${JSON.stringify(`${seen}-ready`)}, ''); setInterval(() => {}, 1000);`,
    );
    const cancel = new AbortController();
    const running = converter(1769, slow).convert(request({}, { signal: cancel.signal }));
    while (!readdirSync(bench.folder).includes('seen-ready')) await new Promise((resolve) => setTimeout(resolve, 20));
    cancel.abort();
    expect((await running).exitCode).toBe(143);
    expect(readdirSync(bench.folder)).toContain('seen');
  });

  test("does not pass the worker's environment to the program", async () => {
    process.env.ETL_SECRET_OF_THE_WORKER = 'x';
    const said = await stubborn('console.log(Object.keys(process.env).join()); process.exitCode = 1;');
    const end = await converter(1769, said).convert(request({ INPUT_FILE: 'x' }));
    delete process.env.ETL_SECRET_OF_THE_WORKER;
    const [names = ''] = end.logTail;
    expect(names.split(',')).toEqual(expect.arrayContaining(['INPUT_FILE', 'SCRATCH_DIR', 'PATH']));
    expect(names).not.toContain('ETL_SECRET_OF_THE_WORKER');
  });

  test('removes the scratch folder of a killed program', async () => {
    const killed = await stubborn(
      `const { makeScratchFolder } = require(${JSON.stringify(join(root, 'storage', 'dist', 'scratchFolder.js'))});
       makeScratchFolder(process.env.SCRATCH_DIR).then((folder) => {
         process.stdout.write(folder, () => process.kill(process.pid, 'SIGKILL'));
       });`,
    );
    const end = await converter(1769, killed).convert(request({}));
    const [folder = ''] = end.logTail;
    expect(dirname(folder)).toBe(tmpdir());
    expect(existsSync(folder)).toBe(false);
  });
});
