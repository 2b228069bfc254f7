/** Returns whether a text contains a match. */
export type Pattern = (text: string) => boolean;

/** In characters. */
export const maxPattern = 1000;

/**
 * Maximum number of instructions of a compiled pattern: `[a-z]{500}` has about 500. A match takes at most as many steps
 * for a character.
 */
export const maxInstructions = 2000;

/**
 * Compiles a regular expression in the syntax of RE2, whose time is linear in the length of the text, whatever the
 * expression. Loads the library on request: few programs need it.
 *
 * @see https://github.com/google/re2/wiki/Syntax
 * @throws {Error} for an invalid expression
 */
export function compilePattern(pattern: string): Pattern {
  const compiled = compile(pattern);
  return (text) => compiled.test(text);
}

function compile(pattern: string) {
  const { RE2JS } = require('re2js') as typeof import('re2js');
  return RE2JS.compile(pattern);
}

/** Returns why a pattern is invalid; undefined for a valid one. */
export function patternProblem(pattern: string): string | undefined {
  try {
    const size = compile(pattern).programSize();
    if (size <= maxInstructions) return undefined;
    return `compiles to ${size} instructions, more than the limit of ${maxInstructions}: repeat less`;
  } catch (error) {
    const { message } = error as Error;
    const reason = message.replace(/^error parsing regexp: /, '').slice(0, 200);
    return `is not a regular expression of RE2: ${reason}: write it without backreferences and look-around`;
  }
}
