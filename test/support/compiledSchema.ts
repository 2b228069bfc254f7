import type * as Real from 'ajv';

/**
 * `asl-validator` compiles the schema of the language for every definition, which takes a tenth of a second and most of
 * the time of a short test. With this mock each copy compiles its schemas once per test file.
 */
jest.mock('ajv', () => {
  const real = jest.requireActual<typeof Real>('ajv');
  const compiled = new Map<unknown, Real.default>();
  const sharedAjv = function sharedAjv(options: Real.Options): Real.default {
    // Each copy has its own schemas, which it loads once.
    const [schema] = options.schemas as readonly unknown[];
    const known = compiled.get(schema) ?? new real.default(options);
    // A format may be defined again, a keyword may not.
    if (compiled.has(schema)) known.addKeyword = () => known;
    compiled.set(schema, known);
    return known;
  };
  return { ...real, __esModule: true, default: sharedAjv };
});
