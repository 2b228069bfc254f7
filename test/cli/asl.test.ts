import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { checkDefinition } from '../../cli/checkDefinition';
import { findingsIn } from '../../cli/lintDefinition';
import { variables } from '../../config/environment';
import { stateMachine } from '../../step-functions/definition/machine';
import { machinePicture } from '../../step-functions/definition/picture';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { workflowPicture } from '../../step-functions/definition/workflowPicture';
import { etlInProcess } from '../support/etlInProcess';
import { command, root } from '../support/processes';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-asl-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unset = Object.fromEntries(Object.keys(variables).map((name) => [name, undefined]));
/** Runs etl asl with only the given variables of this project set. */
const asl = (args: string[], env: NodeJS.ProcessEnv = {}) => etlInProcess(['asl', ...args], { ...unset, ...env });
/** As `asl`, in a process of its own. */
const aslProcess = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  command(process.execPath, ['cli/etl.js', 'asl', ...args], { ...unset, ...env });

const machine = stateMachine(withSubstitutions());
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('etl asl', () => {
  test('writes the committed definition', async () => {
    const { exitCode, stdout } = await aslProcess([]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(await readFile(join(root, 'step-functions', 'etl-pipeline.asl.json'), 'utf8'));
  });

  test('uses the names of the configuration', async () => {
    const { stdout } = await asl([], { ECS_SPOT: 'true', DLQ_URL: 'https://sqs.example/1/dlq' });
    expect(stdout).toContain('FARGATE_SPOT');
    expect(stdout).toContain('"QueueUrl": "https://sqs.example/1/dlq"');
  });

  test('an invalid configuration is reported, and ends with 78', async () => {
    const { exitCode, stderr } = await asl([], { SUCCESS_TOPIC_ARN: 'etl-success' });
    expect(exitCode).toBe(78);
    expect(stderr).toContain('SUCCESS_TOPIC_ARN');
  });

  test.each([
    [['--mermaid'], machinePicture(machine)],
    [['--mermaid', 'machine'], machinePicture(machine)],
    [['--mermaid', 'workflow'], workflowPicture()],
  ])('%j prints a diagram', async (args, picture) => {
    expect(await asl(args)).toMatchObject({ exitCode: 0, stdout: `${picture}\n` });
  });

  test('rejects an unknown diagram', async () => {
    expect(await asl(['--mermaid', 'container'])).toMatchObject({ exitCode: 64, stdout: '' });
  });
});

describe('conflicting options', () => {
  test.each([
    [['--check', '--lint', 'step-functions/etl-pipeline.asl.json'], '--check', '--lint'],
    [['--check', '--out', 'never.json'], '--check', '--out'],
    [['--check', '--mermaid'], '--check', '--mermaid'],
    [['--lint', 'step-functions/etl-pipeline.asl.json', '--out', 'never.json'], '--lint', '--out'],
    [['--lint', 'step-functions/etl-pipeline.asl.json', '--mermaid', 'workflow'], '--lint', '--mermaid'],
  ])('%j: exits with 64 and an error that names both', async (args, one, other) => {
    const { exitCode, stdout, stderr } = await asl(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: .*${one}.* cannot be used with .*${other}`));
  });

  test('writes a diagram to a file', async () => {
    const path = join(folder, 'picture.mmd');
    expect(await asl(['--mermaid', '--out', path])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await readFile(path, 'utf8')).toBe(`${machinePicture(machine)}\n`);
  });
});

describe('--out', () => {
  test('writes to a file, and lists the remaining substitutions', async () => {
    const path = join(folder, 'out.json');
    const { exitCode, stdout, stderr } = await asl(['--out', path]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('open substitutions: ValidateInputFunctionArn, ');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(machine);
  });

  test('exits with 73, a cause and a remedy if the folder does not exist', async () => {
    const { exitCode, stderr } = await aslProcess(['--out', join(folder, 'none', 'out.json')]);
    expect(exitCode).toBe(73);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^error: .*out\.json/),
      expect.stringContaining('--out'),
    ]);
  });
});

describe('--check', () => {
  test('finds nothing in this repository, whatever the environment', async () => {
    expect(
      await aslProcess(['--check'], { ECS_CLUSTER: 'x', ECS_TASK_DEFINITION: 'y', ECS_SUBNETS: 'z' }),
    ).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'a change',
      (text) => text.replace('"TimeoutSeconds": 3600', '"TimeoutSeconds": 7200'),
      /from line \d+: "TimeoutSeconds": 7200, should be "TimeoutSeconds": 3600,/,
    ],
    ['a missing end', (text) => text.slice(0, text.lastIndexOf('}')), /\(end of file\) should be \}/],
    ['a surplus end', (text) => `${text}{}\n`, /\{\} should be \(end of file\)/],
  ])('finds %s and its line', async (_what, change, words) => {
    const text = await readFile(join(root, 'step-functions', 'etl-pipeline.asl.json'), 'utf8');
    const path = await file('changed.json', change(text));
    expect(() => checkDefinition(path)).toThrow(words);
    expect(() => checkDefinition(path)).toThrow(expect.objectContaining({ exitCode: 1 }));
  });

  test('accepts an unchanged generated file', async () => {
    const path = await file('same.json', `${JSON.stringify(machine, null, 2)}\n`);
    expect(() => checkDefinition(path)).not.toThrow();
  });
});

describe('--lint', () => {
  test('finds nothing in the generated definition', async () => {
    expect(await asl(['--lint', 'step-functions/etl-pipeline.asl.json'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('prints one line per finding, with its state and rule, and exits with 65', async () => {
    const { ResultPath: _, ...transform } = machine.States.TransformData as { ResultPath?: string };
    const { TimeoutSeconds: __, ...validate } = machine.States.ValidateInput as { TimeoutSeconds?: number };
    const States = { ...machine.States, TransformData: transform, ValidateInput: validate };
    const { exitCode, stdout, stderr } = await asl(['--lint', await file('faulty.json', { ...machine, States })]);
    expect(exitCode).toBe(65);
    expect(stdout).toMatch(/^ValidateInput: .*99999999.* \[timeout\]$/m);
    expect(stdout).toMatch(/^ConfirmCommit: .*\$\.validation\.plan.*TransformData.* \[paths\]$/m);
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !/^\w+: .* \[[\w-]+\]$/.test(line))).toEqual([]);
    expect(stderr).toContain(`has ${lines.length} findings`);
  });

  test('exits with 65, a cause and a remedy for invalid JSON, and prints nothing to stdout', async () => {
    const { exitCode, stdout, stderr } = await asl(['--lint', await file('bad.json', '{ "StartAt": "A"')]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 65, stdout: '' });
    expect(stderr).toMatch(/^error: .*bad\.json is not valid JSON: .+\n.+\n$/);
  });
});

describe('findings of --lint in a file', () => {
  /** Returns the thrown error, with its exit code. */
  const errorIn = (path: string): unknown => {
    try {
      return { findings: findingsIn(path) };
    } catch (error) {
      return error;
    }
  };
  const oneLine = (words: RegExp) => expect.stringMatching(new RegExp(`^[^\\n]*${words.source}[^\\n]*$`));

  test('ignores a byte order mark', async () => {
    expect(findingsIn(await file('bom.json', `\uFEFF${JSON.stringify(machine)}`))).toEqual([]);
  });

  test.each(['utf16le', 'latin1'] as const)('a file in %s is rejected as not UTF-8 with 65', async (encoding) => {
    const path = join(folder, `${encoding}.json`);
    await writeFile(path, Buffer.from('{"Comment":"a\u00f1o"}', encoding));
    expect(errorIn(path)).toMatchObject({
      ...{ name: 'CliError', exitCode: 65 },
      ...{ message: oneLine(/ is not valid UTF-8/), remedy: oneLine(/./) },
    });
  });

  test('a missing file is rejected with 66', () => {
    expect(errorIn(join(folder, 'none.json'))).toMatchObject({
      ...{ name: 'CliError', exitCode: 66 },
      ...{ message: oneLine(/none\.json: no such file/), remedy: oneLine(/./) },
    });
  });

  test.each([
    ['cut off', '{ "StartAt": "A"'],
    ['YAML', 'StartAt: A\nStates:\n'],
    ['empty', ''],
  ])('invalid JSON (%s) is rejected with 65 and a one-line error', async (_what, text) => {
    expect(errorIn(await file('bad.json', text))).toMatchObject({
      ...{ name: 'CliError', exitCode: 65 },
      ...{ message: oneLine(/bad\.json is not valid JSON: ./), remedy: oneLine(/./) },
    });
  });

  test.each([['[]'], ['{}'], ['null'], ['3']])('%s is JSON but not a state machine', async (text) => {
    const findings = findingsIn(relative(process.cwd(), await file('other.json', text)));
    expect(findings.map(({ message }) => message).join('\n')).toContain('StartAt');
  });
});
