import { cut } from '@etl/lib/capped';
import { Undecoded } from '@etl/lib/reading';
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/**
 * Decodes the payloads that workflows receive. Any Temporal client can send bytes of any encoding, and an error here
 * fails the workflow task indefinitely, so that not even a cancellation would reach the run. Payloads that are not JSON
 * therefore decode to `Undecoded`, which every reader rejects.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload<T>(payload: Payload): T {
    return decoded(payload) as T;
  },
};

function decoded(payload: Payload): unknown {
  try {
    const value: unknown = defaultPayloadConverter.fromPayload(payload);
    return value instanceof Uint8Array ? undecoded(payload) : value;
  } catch {
    return undecoded(payload);
  }
}

/** Longest name of an encoding in an error message, in characters. */
const maxName = 100;

function undecoded({ metadata }: Payload): Undecoded {
  const name = metadata?.encoding ? cut(new TextDecoder().decode(metadata.encoding), maxName) : '';
  return new Undecoded(`cannot be decoded (encoding ${JSON.stringify(name)}): send it as JSON`);
}
