/** Private-use characters: our texts do not contain them, and the encoders of messages leave them unchanged. */
const [open, close] = ['\ue000', '\ue001'];
const marks = new RegExp(`${open}([^${close}]*)${close}`, 'g');

/**
 * Marks a value that the machine fills in at run time: a path or an intrinsic function. The mark passes through the
 * code that composes texts, which the workflow shares, and `format` finds it again.
 */
export const reference = (expression: string): string => `${open}${expression}${close}`;

/** Marks a value like `reference` where a number is expected. */
export const numberReference = (expression: string): number => reference(expression) as unknown as number;

/** Returns a text with references as an intrinsic function, for a key that ends with `.$`. */
export function format(text: string): string {
  const expressions = [...text.matchAll(marks)].map(([, expression = '']) => expression);
  const template = text
    .split(marks)
    .map((piece, index) => (index % 2 === 1 ? '{}' : piece.replace(/[\\'{}]/g, '\\$&')))
    .join('');
  return `States.Format('${template}'${expressions.map((expression) => `, ${expression}`).join('')})`;
}

/**
 * Returns a key with its value: a path if the value is a single reference, a format if it contains one, otherwise the
 * text itself.
 */
export function entry(key: string, text: string): Record<string, string> {
  const found = [...text.matchAll(marks)];
  if (found.length === 0) return { [key]: text };
  const [only] = found;
  const expression = only?.[0] === text ? (only[1] ?? '') : format(text);
  return { [`${key}.$`]: expression };
}

/** Returns an expression for the value at a path, of any type, as JSON text. */
export const jsonText = (path: string): string => `States.JsonToString(${path})`;

/** Returns an expression for a number as a string, which environment variables and similar fields require. */
export const numberAsText = (path: string): string => `States.Format('{}', ${path})`;
