import { parseEvent } from '@etl/pipeline/event';
import { startsOf } from '@etl/pipeline/intake/starts';
import { planBatch } from '../../activities/planBatch';
import type { KeptLetter } from '../../activities/ports';
import { validateInput } from '../../activities/validateInput';
import { destinationUri, sourceUri } from '../../cli/arguments';
import { batchId } from '../../cli/batch/ids';
import { prefixUri } from '../../cli/batch/prefix';
import { describeGroup } from '../../cli/dlq/show';
import { planRedrive } from '../../cli/redrive';
import { parseConfig } from '../../config/environment';
import { resolvePlaces } from '../../etl-image/src/config/places';

const rule = { timeZone: 'UTC' };
const rawBase = 's3://raw';
const settings = { rawBase, cleanBase: 's3://clean', timeScale: 1 };
/** A store that fails on any access: these inputs are rejected before anything is read. */
const store = new Proxy({} as never, {
  get: () => () => {
    throw new Error('the store was asked');
  },
});

const messageOf = (work: () => unknown): string => {
  try {
    return JSON.stringify(work());
  } catch (error) {
    return (error as Error).message;
  }
};

/** Every place that puts an address from an event, a request, a message or a command into messages and IDs. */
const places: readonly [string, (address: string) => unknown][] = [
  [
    'the answer of validation',
    (s3Key) => validateInput(store, settings, { detail: { s3Key, batchDate: '2026-02-08' } }),
  ],
  [
    'reasons against an event',
    (address) =>
      parseEvent({
        detail: { s3Key: 'a.csv', batchDate: address, dataset: address, destination: address, replaces: address },
      }),
  ],
  [
    'the answer of a batch',
    (prefix) => planBatch(store, settings, { request: { prefix }, scheduledAt: '2026-02-08T00:00:00Z' }),
  ],
  [
    'workflow IDs and summaries of the intake',
    (s3Key) => {
      const { starts, problems } = startsOf(
        JSON.stringify({ detail: { s3Key, batchDate: '2026-02-08' } }),
        'm',
        rule,
        rawBase,
      );
      return [starts.map(({ event: _, ...start }) => start), problems];
    },
  ],
  [
    'problems of a message that names a file',
    (uri) => {
      const { starts, ...rest } = startsOf(
        JSON.stringify({ landed: { uri, key: 'ventas.csv', mark: 'm' } }),
        'm',
        rule,
        rawBase,
      );
      return [starts.map(({ event: _, ...start }) => start), rest];
    },
  ],
  ['problems of a message that is not an event', (text) => startsOf(text, 'm', rule, rawBase)],
  [
    'the ID of a redriven run',
    (s3Key) => {
      const plan = planRedrive({ id: 'l', event: { detail: { s3Key, batchDate: '2026-02-08' } } }, rule, rawBase);
      return 'starts' in plan ? plan.starts.map(({ event: _, ...start }) => start) : plan;
    },
  ],
  [
    'the list of dead letters',
    (s3Key) => describeGroup({ letter: { id: 'l', event: { detail: { s3Key } } } as KeptLetter, copies: [] }),
  ],
  ['the ID of a batch', (prefix) => batchId('batch', { prefix, batchDate: '2026-02-08' })],
  ['errors of commands', (text) => [sourceUri, destinationUri, prefixUri].map((work) => messageOf(() => work(text)))],
  [
    'problems of the container',
    (text) => resolvePlaces({ INPUT_FILE: text, OUTPUT_PREFIX: text, S3_RAW_BUCKET: text }),
  ],
  [
    'problems of the configuration',
    (text) => messageOf(() => parseConfig({ S3_CLEAN_BUCKET: text, DLQ_URL: `x ${text}` })),
  ],
];

const addresses = [
  'postgres://user:Xsecret@db.example.com/sales',
  'https://user:Xsecret@example.com/x.csv?sig=Xsecret',
  'https://raw.s3.amazonaws.com/x.csv?X-Amz-Signature=Xsecret',
  'jdbc:postgresql://db.example.com/sales?password=Xsecret',
  'postgres://user:Xsec/r@t@db/sales?token=Xsecret',
  's3://user:Xsecret@raw/x.csv',
];

test.each(places)('%s: omits the credentials of an address', async (_place, shown) => {
  for (const address of addresses) expect(JSON.stringify(await shown(address))).not.toMatch(/Xsec|secret/);
});
