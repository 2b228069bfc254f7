import type { LoadedDataConverter, Payload } from '@temporalio/common';

/**
 * Returns the value of a payload.
 *
 * @throws the errors of the codec, such as a missing key
 */
export async function decoded<T>(
  payload: Payload,
  { payloadConverter, payloadCodecs }: LoadedDataConverter,
): Promise<T> {
  let payloads = [payload];
  for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads);
  return payloadConverter.fromPayload<T>(payloads[0] ?? payload);
}
