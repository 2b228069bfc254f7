import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, type Ended, root } from '../support/processes';

const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const { version, scripts } = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> };
const node = (...args: string[]): Promise<Ended> => command(process.execPath, args);

describe('release notes', () => {
  test('are the section of the version, without its heading', async () => {
    const { exitCode, stdout } = await node('scripts/release-notes.mjs', `v${version}`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^### Added\n/);
    expect(stdout).not.toMatch(/^## /m);
    expect(read('CHANGELOG.md')).toContain(stdout.trim());
  });

  test('are missing for an unreleased version', async () => {
    const ended = await node('scripts/release-notes.mjs', '99.0.0');
    expect(ended).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*99\.0\.0.*\n.+\n$/),
    });
  });
});

describe('the check of a tag', () => {
  test('accepts the version of all packages', async () => {
    expect(await node('scripts/check-release.mjs', `v${version}`)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.each(['v99.0.0', version, 'vnext'])('rejects %s and names what differs', async (tag) => {
    const { exitCode, stderr } = await node('scripts/check-release.mjs', tag);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(tag) });
    if (tag === 'v99.0.0') expect(stderr).toMatch(/@etl\/pipeline has version [\s\S]*CHANGELOG\.md has no section/);
  });
});

describe.each(readdirSync(join(root, '.github', 'workflows')))('.github/workflows/%s', (name) => {
  const workflow = read('.github', 'workflows', name);

  test('runs only scripts that exist', () => {
    const named = [...workflow.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
    const files = [...workflow.matchAll(/(?:node|bash) ((?:scripts|\.ci)\/[\w./-]+)/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const dockerfiles = [...workflow.matchAll(/dockerfile: (\S+)/g)].map(([, file = '']) => file);
    expect(dockerfiles.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('pins each action to a commit, with its version in a comment', () => {
    const actions = [...workflow.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('has no permission by default beyond reading, and no secret beyond the token of the run', () => {
    expect(workflow).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)\n/m);
    for (const [, secret] of workflow.matchAll(/secrets\.(\w+)/g)) expect(secret).toBe('GITHUB_TOKEN');
  });
});

test('docs/security.md lists each pinned action with its version', () => {
  const workflows = readdirSync(join(root, '.github', 'workflows')).map((name) => read('.github', 'workflows', name));
  const pinned = workflows.flatMap((text) => [...text.matchAll(/uses: ([\w/-]+)@\w+ # (v[\d.]+)$/gm)]);
  const document = read('docs', 'security.md');
  for (const [, action, tag] of pinned) expect(document).toContain(`\`${action}\` ${tag}`);
});
