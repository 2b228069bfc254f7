import type { LoadedDataConverter, ProtoFailure } from '@temporalio/common';

/** Shown in place of a message that cannot be decoded. */
export const unreadableMessage =
  'the failure message cannot be decrypted: set ETL_PAYLOAD_KEYS to the keys of the workers';

/**
 * Returns the message of a failure as Temporal stores it, and decodes it when it is in a payload. Throws the errors of
 * the codec.
 */
export async function failureMessage(
  { message, encodedAttributes }: ProtoFailure,
  { payloadConverter, payloadCodecs }: LoadedDataConverter,
): Promise<string | undefined> {
  if (!encodedAttributes) return message ?? undefined;
  let payloads = [encodedAttributes];
  for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads);
  return payloads.map((payload) => payloadConverter.fromPayload<{ message: string }>(payload).message)[0];
}
