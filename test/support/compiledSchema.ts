import type * as Real from 'ajv';

/**
 * `asl-validator` compiles the schema of the language anew for every definition, which takes a tenth of a second and is nearly all
 * of a short test. Here each of its copies compiles its own once in a file.
 */
jest.mock('ajv', () => {
  const real = jest.requireActual<typeof Real>('ajv');
  const compiled = new Map<unknown, Real.default>();
  const sharedAjv = function sharedAjv(options: Real.Options): Real.default {
    // A copy's schemas are its own, and loaded once.
    const [schema] = options.schemas as readonly unknown[];
    const known = compiled.get(schema) ?? new real.default(options);
    // Formats may be set again, to the same; a keyword may not.
    if (compiled.has(schema)) known.addKeyword = () => known;
    compiled.set(schema, known);
    return known;
  };
  return { ...real, __esModule: true, default: sharedAjv };
});
