import { command, root } from './processes';

export interface Loaded {
  readonly packages: ReadonlySet<string>;
  /** Files of this repository, relative to the root. */
  readonly ours: readonly string[];
}

/** Returns what a Node program has loaded when it ends. `program` is JavaScript and runs in the repository's root. */
export async function loadedBy(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Loaded> {
  const tell =
    "process.on('exit', () => process.stderr.write('\\nloaded ' + JSON.stringify(Object.keys(require.cache))));";
  const { stderr } = await command(process.execPath, ['--eval', tell + program, 'program', ...args], env);
  const files: string[] = JSON.parse(/^loaded (.*)$/m.exec(stderr)?.[1] ?? '');
  const packageOf = (file: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return {
    packages: new Set(files.flatMap((file) => packageOf(file) ?? [])),
    ours: files.flatMap((file) => (packageOf(file) ? [] : file.slice(root.length + 1))),
  };
}
