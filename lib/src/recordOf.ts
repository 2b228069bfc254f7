import * as z from 'zod';

/** Returns a schema of records that rejects the key `__proto__`, which `z.record` would silently drop. */
export function recordOf<Value extends z.ZodType>(value: Value) {
  const rejectProto = (input: Record<string, z.input<Value>>, context: z.RefinementCtx) => {
    const isRecord = typeof input === 'object' && input !== null;
    if (isRecord && Object.hasOwn(input, '__proto__'))
      context.addIssue({
        code: 'custom',
        path: ['__proto__'],
        params: { about: 'key' },
        message: 'is a reserved name: leave it out',
      });
    return input;
  };
  return z.preprocess(rejectProto, z.record(z.string(), value));
}
