import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { ConfigError, type PayloadKeyError } from '../errors';
import { readKeySpecs } from './keySpecs';

/** How this process encodes and decodes what Temporal stores. */
export interface Payloads {
  readonly codec: PayloadCodec;
  readonly dataConverter: DataConverter;
  readonly isEncrypting: boolean;
  /** Reports the first payload that cannot be decrypted. */
  onUnreadable(listener: (error: PayloadKeyError) => void): void;
}

type Env = Readonly<Record<string, string | undefined>>;

let opened: { readonly text: string; readonly payloads: Promise<Payloads> } | undefined;

/**
 * Returns the codec and converter for `ETL_PAYLOAD_KEYS`. Without keys, payloads are not encrypted and encrypted ones
 * are reported. Keys are decrypted once a process.
 *
 * @throws {ConfigError} when the keys are invalid.
 */
export function openPayloads(env: Env = process.env): Promise<Payloads> {
  const text = env.ETL_PAYLOAD_KEYS ?? '';
  if (opened?.text !== text) opened = { text, payloads: open(text) };
  return opened.payloads;
}

async function open(text: string): Promise<Payloads> {
  const specs = text === '' ? [] : readKeySpecs(text);
  if (typeof specs === 'string') throw new ConfigError([`ETL_PAYLOAD_KEYS: ${specs}`]);
  const { loadKeys } = require('./loadKeys') as typeof import('./loadKeys');
  const { createPayloadCodec } = require('./codec') as typeof import('./codec');
  let listener: ((error: PayloadKeyError) => void) | undefined;
  const codec = createPayloadCodec(await loadKeys(specs), {
    onUnreadable: (error) => {
      listener?.(error);
      listener = undefined;
    },
  });
  const isEncrypting = specs.length > 0;
  return {
    codec,
    isEncrypting,
    dataConverter: {
      payloadCodecs: [codec],
      ...(isEncrypting && { failureConverterPath: require.resolve('./failureConverter') }),
    },
    onUnreadable: (next) => {
      listener = next;
    },
  };
}
