import type { Rule } from '../finding';

/** Largest input or output of a state, in bytes of UTF-8. @see AWS Step Functions Developer Guide, "Quotas" */
const maxBytes = 262_144;

/** Rejects literals larger than a state's payload limit, which fail every execution. */
export const payloadSize: Rule = (machine) =>
  Object.entries(machine.states).flatMap(([state, fields]) =>
    ['Parameters', 'Arguments', 'ItemSelector', 'Result', 'ResultSelector', 'Output'].flatMap((field) => {
      const bytes = fields[field] === undefined ? 0 : Buffer.byteLength(JSON.stringify(fields[field]));
      if (bytes <= maxBytes) return [];
      return [
        {
          rule: 'payload-size',
          state,
          message: `${field} is ${bytes} bytes of JSON, and a state takes ${maxBytes}: put it into S3 and hand over where it lies`,
        },
      ];
    }),
  );
