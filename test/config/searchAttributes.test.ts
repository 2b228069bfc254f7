import { attributesOfBatch } from '@etl/pipeline/searchAttributes';
import type { Client } from '@temporalio/client';
import { ServiceError } from '@temporalio/client';
import {
  createAttributeReader,
  findAttributes,
  registerAttributes,
  startWithAttributes,
} from '../../config/searchAttributes';

const keyword = 2;
const text = 1;

/** A client of a server with these attributes. `list`: what the look-up does instead. */
function clientOf(customAttributes: Record<string, number>, list?: () => Promise<never>) {
  const looks = { count: 0 };
  const operatorService = {
    listSearchAttributes: async () => {
      looks.count++;
      return list ? list() : { customAttributes };
    },
    addSearchAttributes: async ({ searchAttributes }: { searchAttributes: Record<string, number> }) => {
      if ('EtlRowsWritten' in searchAttributes)
        throw new Error('cannot have more than 3 search attribute of type Int.');
      Object.assign(customAttributes, searchAttributes);
      return {};
    },
  };
  const withDeadline = <T>(_deadline: number | Date, work: () => Promise<T>) => work();
  const client = { connection: { operatorService }, options: { namespace: 'default' }, withDeadline };
  return { client: client as unknown as Client, connection: { operatorService } as never, looks };
}

const grpcError = (code: number) =>
  new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error('rejected'), { code, details: 'rejected', metadata: {} }),
  });

describe('the look-up of search attributes', () => {
  test('returns those of ours that have the right type', async () => {
    const { connection } = clientOf({ EtlDataset: keyword, EtlSource: text, Other: keyword });
    const found = await findAttributes(connection, 'default');
    expect(found.registered).toEqual(['EtlDataset']);
    expect(found.otherType).toEqual(['EtlSource']);
    expect(found.missing).toContain('EtlCostUsd');
  });

  test('returns none if the server does not list them, and asks again only after some seconds', async () => {
    const { client, looks } = clientOf({}, () => Promise.reject(new Error('permission denied')));
    const read = createAttributeReader(client);
    expect([await read(), await read()]).toEqual([[], []]);
    expect(looks.count).toBe(1);
  });
});

test('registration continues with the others if the server has no room for one', async () => {
  const { connection } = clientOf({ EtlDataset: keyword });
  expect(await registerAttributes(connection, 'default')).toMatchObject({ missing: ['EtlRowsWritten'], otherType: [] });
});

describe('a start', () => {
  const values = attributesOfBatch({ dataset: 'ventas', source: 'norte' });
  const starts = async (client: Client, answer: (attributes: readonly string[]) => void) => {
    const tried: (readonly string[])[] = [];
    await startWithAttributes(client, values, async ({ typedSearchAttributes = [] }) => {
      const names = (typedSearchAttributes as { key: { name: string } }[]).map(({ key }) => key.name);
      tried.push(names);
      answer(names);
    });
    return tried;
  };

  test('sets the registered attributes', async () => {
    expect(await starts(clientOf({ EtlDataset: keyword }).client, () => undefined)).toEqual([['EtlDataset']]);
    expect(await starts(clientOf({}).client, () => undefined)).toEqual([[]]);
  });

  test('is repeated without attributes if the server rejects its arguments', async () => {
    const { client } = clientOf({ EtlDataset: keyword });
    const reject = (names: readonly string[]) => {
      if (names.length > 0) throw grpcError(3);
    };
    expect(await starts(client, reject)).toEqual([['EtlDataset'], []]);
  });

  test('is not repeated after another error', async () => {
    const { client } = clientOf({ EtlDataset: keyword });
    const tried = starts(client, () => {
      throw grpcError(14);
    });
    await expect(tried).rejects.toThrow('Failed to start Workflow');
  });
});
