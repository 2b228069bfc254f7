import * as z from 'zod';

/** A record with any keys but `__proto__`, which is refused by name: `z.record` would leave it out without an error. */
export function recordOf<Value extends z.ZodType>(value: Value) {
  const refuseProto = (input: Record<string, z.input<Value>>, context: z.RefinementCtx) => {
    const isRecord = typeof input === 'object' && input !== null;
    if (isRecord && Object.hasOwn(input, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], message: 'is a reserved name: leave it out' });
    return input;
  };
  return z.preprocess(refuseProto, z.record(z.string(), value));
}
