import { baseName, joinUri, parseUri } from '@etl/lib/uri';
import { type BrokenDataset, Datasets } from '@etl/pipeline/dataset/datasets';
import { type Dataset, declarationHash } from '@etl/pipeline/dataset/declaration';
import { datasetNameProblem } from '@etl/pipeline/datasetName';
import type { ObjectInfo, ObjectStore } from '../objectStore';
import { maxDeclarationBytes, parseDeclaration, tooLarge } from './parseDeclaration';

const declarationFile = /^(.*)\.(yaml|yml|json)$/;

type Reading = { readonly dataset: Dataset } | { readonly broken: BrokenDataset };
type KnownFiles = Map<string, { readonly fingerprint: string; readonly reading: Reading }>;

/** Reads the declarations of a folder, and reads unchanged files only once. */
export class DatasetFolder {
  private known: KnownFiles = new Map();

  /** @param folder URI; only files directly in it with the extensions .yaml, .yml and .json are declarations */
  constructor(
    private readonly store: Pick<ObjectStore, 'list' | 'readSmall'>,
    readonly folder: string,
    private readonly rawBase: string | undefined,
  ) {}

  /**
   * Returns the datasets as they are declared now. An absent folder declares none.
   *
   * @throws {StorageError} if the folder cannot be read
   */
  async read(): Promise<Datasets> {
    const known: KnownFiles = new Map();
    for await (const info of this.store.list(this.folder)) {
      const name = declarationFile.exec(baseName(info.uri))?.[1];
      if (name === undefined || joinUri(this.folder, baseName(info.uri)) !== info.uri) continue;
      const before = this.known.get(info.uri);
      const reading = before?.fingerprint === info.fingerprint ? before.reading : await this.readOne(name, info);
      if (reading) known.set(info.uri, { fingerprint: info.fingerprint, reading });
    }
    this.known = known;
    const readings = withoutDuplicates([...known].map(([uri, { reading }]) => [shownFile(uri), reading]));
    const datasets = readings.flatMap((each) => ('dataset' in each ? [each.dataset] : []));
    const broken = readings.flatMap((each) => ('broken' in each ? [each.broken] : []));
    return new Datasets(datasets, broken, this.rawBase);
  }

  private async readOne(name: string, { uri, bytes }: ObjectInfo): Promise<Reading | undefined> {
    const file = shownFile(uri);
    const problem = datasetNameProblem(name);
    if (problem !== undefined)
      return { broken: { name, problems: [`${file}: ${JSON.stringify(name)}, the name of the dataset, ${problem}`] } };
    if (bytes > maxDeclarationBytes) return { broken: { name, problems: [tooLarge(file, bytes)] } };
    const body = await this.store.readSmall(uri);
    if (body === undefined) return undefined;
    const parsed = parseDeclaration(body, file);
    if ('problems' in parsed) return { broken: { name, ...parsed } };
    const { declaration } = parsed;
    return { dataset: { name, declaration, hash: declarationHash(declaration), file } };
  }
}

/** Returns how messages name a declaration: its path, or its URI on S3. */
function shownFile(uri: string): string {
  const location = parseUri(uri);
  return location?.kind === 'file' ? location.path : uri;
}

/** Two files with the same name and different extensions declare one dataset twice. */
function withoutDuplicates(readings: readonly (readonly [file: string, Reading])[]): Reading[] {
  const nameOf = (reading: Reading): string => ('dataset' in reading ? reading.dataset.name : reading.broken.name);
  return readings.map(([file, reading]) => {
    const name = nameOf(reading);
    const other = readings.find(([otherFile, each]) => otherFile !== file && nameOf(each) === name)?.[0];
    if (other === undefined) return reading;
    return { broken: { name, problems: [`${file}: ${other} declares the same dataset: remove one of them`] } };
  });
}
