import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { putFaults } from '@etl/fargate/faults/control';
import { fileUri } from '@etl/lib/fileUri';
import { type FailureType, failureTypes } from '@etl/pipeline/failures/table';
import type { Client } from '@temporalio/client';
import { inTurn } from '../../activities/inTurn';
import type { NightReport } from '../../cli/night/report';
import { startPipeline } from '../../client/runPipeline';
import { readRun } from '../../client/runs/readRun';
import { shell } from '../support/shell';
import { etl, LocalSystemUnderTest, until } from '../support/system';
import { thorough } from '../support/thorough';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const date = new Date().toISOString().slice(0, 10);
const good = 'id,amount\n1,2\n2,3\n';

/** The file and workflow ID of a failing run, and the system that runs it. */
interface Place {
  readonly file: string;
  readonly workflowId: string;
  readonly client: Client;
  readonly system: LocalSystemUnderTest;
}

interface Failure {
  /** @default a good file */
  readonly content?: string;
  /** Keys of the event. */
  readonly detail?: object;
  /** Faults of its tasks. */
  readonly faults?: readonly ({ readonly fault: string } & Readonly<Record<string, unknown>>)[];
  /** Acts once the run has started. */
  readonly during?: (place: Place) => Promise<void>;
  /** Removes the cause, besides the faults. */
  readonly correct?: (place: Place) => void;
  /** Edits the command as its remedy instructs. */
  readonly edit?: (command: string, place: Place) => string;
  /**
   * Runs only in the thorough suite: takes long, or ends like TaskKilled, after seven tasks.
   * @default false
   */
  readonly isThorough?: true;
}

const deliverable = ({ file }: Place): void => writeFileSync(file, good);
const tenRows = { quality: { rowCount: { min: 10, level: 'hold' } } };

/** Waits until a task of the run exists: its file has been validated. */
async function launched({ file, system }: Place): Promise<void> {
  await until(`a launch for ${file}`, 60, () =>
    system.taskIds().some((id) => system.taskFile(id, 'task.json')?.includes(fileUri(file))),
  );
}

/** What causes each failure type: files, events, operators, and the fault simulator. */
const failures: Partial<Record<FailureType, Failure>> = {
  InvalidInput: { content: '', correct: deliverable },
  BadData: {
    content: 'id,amount\n1,none\n2,many\n',
    detail: { columns: { amount: 'integer' } },
    correct: deliverable,
  },
  NoSuchInput: {
    faults: [{ fault: 'slowStart', seconds: 10 }],
    during: async (place) => {
      await launched(place);
      rmSync(place.file);
    },
    correct: deliverable,
  },
  BadConfiguration: {
    faults: [{ fault: 'failedStart', reason: 'the account is blocked' }],
  },
  Held: { detail: tenRows },
  NotApproved: {
    detail: tenRows,
    during: async ({ workflowId, client, system }) => {
      await until('a held run', 90, async () => (await readRun(client, { workflowId })).outcome === 'held');
      expect(await etl(['approve', workflowId, '--refuse'], system.env)).toMatchObject({ exitCode: 0 });
    },
    edit: (command) => command.replace('"min":10', '"min":1'),
  },
  SourceChanged: {
    faults: [{ fault: 'slowStart', seconds: 10 }],
    during: async (place) => {
      await launched(place);
      writeFileSync(place.file, `${good}3,4\n`);
    },
  },
  SourceConflict: {
    detail: { source: 'shared' },
    edit: (command, { file }) => `${command} --replaces ${fileUri(otherOf(file))}`,
  },
  Timeout: {
    faults: [{ fault: 'slowStart', seconds: 60 }],
    detail: { compute: { timeoutSeconds: 3 } },
    edit: (command) => command.replace('"timeoutSeconds":3', '"timeoutSeconds":600'),
  },
  TaskStopped: { faults: [{ fault: 'stoppedBySomeone', reason: 'maintenance' }] },
  TaskKilled: { faults: [{ fault: 'killed' }] },
  TaskFailedToStart: { faults: [{ fault: 'failedStart', reason: 'CannotPullContainerError: no such image' }] },
  StartTimeout: {
    faults: [{ fault: 'stuckStart' }],
    detail: { compute: { startTimeoutSeconds: 1 } },
    isThorough: true,
  },
  HostFailure: { faults: [{ fault: 'hostFailure' }], isThorough: true },
  ExitCodeMissing: { faults: [{ fault: 'killed' }, { fault: 'nullExitCode' }], isThorough: true },
  OutcomeUnknown: { faults: [{ fault: 'killed' }, { fault: 'expiredRecord' }] },
  SpotInterruption: { faults: [{ fault: 'spotInterruption', anyTask: true, noticeSeconds: 0 }] },
  OutOfMemory: { faults: [{ fault: 'outOfMemory' }] },
  CostLimit: {
    detail: { compute: { maxCostUsd: 0.000001 } },
    edit: (command) => command.replace('0.000001', '1'),
  },
  Cancelled: {
    faults: [{ fault: 'slow', share: 0.01 }],
    during: async (place) => {
      await launched(place);
      await place.client.workflow.getHandle(place.workflowId).cancel();
    },
  },
  CapacityUnavailable: { faults: [{ fault: 'capacity' }], isThorough: true },
};

/** Failure types that this test does not cause, and why. test/pipeline/endOfRun.test.ts checks that each has a next step. */
const untried: Partial<Record<FailureType, string>> = {
  CredentialsRefused: 'a run ends as BadConfiguration',
  SchemaWidened: 'shards convert again',
  Superseded: 'two runs of one source that replace each other',
  TaskFailed: 'an exit code of the container, as of BadData',
  Throttled: 'half a day of retries, as for CapacityUnavailable',
  CommitMissing: 'a container that exits with 0 and commits nothing',
  LaunchRefused: 'ECS gives no other reasons than limits',
  LaunchUnanswered: 'six hours in the launch queue',
  ServiceUnavailable: 'ten minutes of retries',
  SinkFailed: 'tested with sinks, in test/system/sinks.test.ts',
  BatchIncomplete: 'a batch of files, tested in test/system/night.test.ts',
};

const types = (Object.keys(failures) as FailureType[]).filter((type) => thorough || !failures[type]?.isThorough);
const planOf = (type: FailureType): Failure => failures[type] ?? {};
const datasetOf = (type: FailureType): string => type.toLowerCase();
const otherOf = (file: string): string => join(dirname(file), 'other.csv');

test('each failure type is caused here, or has a reason why it is not', () => {
  expect([...Object.keys(failures), ...Object.keys(untried)].sort()).toEqual(Object.keys(failureTypes).sort());
});

withServer('a night with every kind of failure', () => {
  let system: LocalSystemUnderTest;
  const fileOf = (type: FailureType): string => join(system.folder, datasetOf(type), `${datasetOf(type)}.csv`);

  async function problems(): Promise<NightReport['problems']> {
    const ended = await etl(['status', '--date', date, '--json'], system.env);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    return (JSON.parse(ended.stdout) as { night: NightReport }).night.problems;
  }

  /** Starts a run of a file of the dataset, and returns what the causes of its failure need. */
  async function startRun(client: Client, type: FailureType, file: string): Promise<Place> {
    const event = {
      s3Key: fileUri(file),
      batchDate: date,
      destination: fileUri(join(system.stateDir, 'lake')),
      ...planOf(type).detail,
    };
    const { workflowId } = await startPipeline(client, event, fileUri(system.folder));
    return { file, workflowId, client, system };
  }

  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({ ETL_TIME_SCALE: '0.001' });
    mkdirSync(join(system.folder, 'datasets'));
    for (const type of types) {
      const name = datasetOf(type);
      mkdirSync(join(system.folder, name));
      writeFileSync(fileOf(type), planOf(type).content ?? good);
      const declaration = { source: { pattern: `${name}/*.csv` } };
      writeFileSync(join(system.folder, 'datasets', `${name}.json`), JSON.stringify(declaration));
    }
    const { ecs } = await system.up();
    const rules = types.flatMap((type) => {
      const where = { environment: { INPUT_FILE: fileUri(fileOf(type)) } };
      return (planOf(type).faults ?? []).map((fault) => ({ ...fault, where }));
    });
    await putFaults(ecs, { rules });
  }, 90_000);
  afterAll(() => system.remove());

  test('etl status lists each failure, and its command delivers the batch', async () => {
    await system.withClient(async (client) => {
      const other = otherOf(fileOf('SourceConflict'));
      writeFileSync(other, 'id,amount\n7,8\n');
      await client.workflow.getHandle((await startRun(client, 'SourceConflict', other)).workflowId).result();

      const places = new Map<string, { readonly type: FailureType; readonly place: Place }>();
      const acts: (Promise<void> | undefined)[] = [];
      for (const type of types) {
        const place = await startRun(client, type, fileOf(type));
        places.set(datasetOf(type), { type, place });
        // At once: on a busy machine, the task of an early run may end while the last runs are started.
        const act = planOf(type).during?.(place);
        act?.catch(() => undefined); // reported below
        acts.push(act);
      }
      const all = [...places.values()];
      await Promise.all(acts);
      // All but the held run end.
      const ending = all.filter(({ type }) => type !== 'Held').map(({ place }) => place.workflowId);
      await Promise.all(
        ending.map((id) =>
          client.workflow
            .getHandle(id)
            .result()
            .catch(() => undefined),
        ),
      );
      let shown: NightReport['problems'] = [];
      const isShown = async (count: number) => {
        shown = await problems();
        return shown.length === count;
      };
      await until('all problems', 60, () => isShown(types.length)).catch(() => undefined);
      expect(Object.fromEntries(shown.map(({ dataset, failureType }) => [dataset, failureType]))).toEqual(
        Object.fromEntries(types.map((type) => [datasetOf(type), type])),
      );

      const alerts = system
        .letters(join('outbox', 'etl-alerts'))
        .map((text) => (JSON.parse(text) as { body: string }).body);
      await putFaults(system.ready?.ecs ?? '', { rules: [] });
      const ends = await inTurn(shown, 4, async ({ command: shownCommand = '', dataset }) => {
        const { type, place } = places.get(dataset) ?? { type: 'Held' as const, place: undefined };
        if (!place) throw new Error(`${dataset} is not of this night`);
        planOf(type).correct?.(place);
        // The alert is read in another folder, perhaps on another machine.
        const line = `Orden: ${shownCommand.slice(shownCommand.indexOf('npx etl '))}`;
        // Without a terminal, a retry is confirmed in advance.
        const confirmed = shownCommand.includes(' retry ') ? `${shownCommand} --yes` : shownCommand;
        const next = planOf(type).edit?.(confirmed, place) ?? confirmed;
        const { exitCode, stderr } = await shell(next, { ...system.env, ETL_STATE_DIR: '' });
        return { type, next, exitCode, stderr, isAlerted: alerts.some((body) => body.split('\n').includes(line)) };
      });
      expect(ends).toEqual(ends.map(({ type, next }) => ({ type, next, exitCode: 0, stderr: '', isAlerted: true })));
      await until('no problem is left', 120, () => isShown(0)).catch(() => undefined);
      expect(shown).toEqual([]);
    });
  }, 480_000);
});
