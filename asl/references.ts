/** Characters for private use: no text of ours has them, and the encoders of messages leave them as they are. */
const [open, close] = ['\ue000', '\ue001'];
const marks = new RegExp(`${open}([^${close}]*)${close}`, 'g');

/**
 * A value that the machine fills in when it runs: a path or an intrinsic function. It passes through the code that
 * composes texts, which is the workflow's too, as a mark that `format` finds again.
 */
export const reference = (expression: string): string => `${open}${expression}${close}`;

/** The same where a number belongs. */
export const numberReference = (expression: string): number => reference(expression) as unknown as number;

/** A text with references as an intrinsic function, for a key that ends with `.$`. */
export function format(text: string): string {
  const expressions = [...text.matchAll(marks)].map(([, expression = '']) => expression);
  const template = text
    .split(marks)
    .map((piece, index) => (index % 2 === 1 ? '{}' : piece.replace(/[\\'{}]/g, '\\$&')))
    .join('');
  return `States.Format('${template}'${expressions.map((expression) => `, ${expression}`).join('')})`;
}

/** A key with its value: a path where the value is nothing but a reference, a format where it has one, else itself. */
export function entry(key: string, text: string): Record<string, string> {
  const found = [...text.matchAll(marks)];
  if (found.length === 0) return { [key]: text };
  const [only] = found;
  const expression = only?.[0] === text ? (only[1] ?? '') : format(text);
  return { [`${key}.$`]: expression };
}

/** What lies at a path, of any kind, as the text of its JSON. */
export const jsonText = (path: string): string => `States.JsonToString(${path})`;

/** A number as a string: environment variables and the like are nothing else. */
export const numberAsText = (path: string): string => `States.Format('{}', ${path})`;
