import { type Fields, texts } from '../definition/fields';

/** Returns `the Catch of X for States.ALL`. */
export function describeCatch(state: string, catcher: Fields): string {
  return `the Catch of ${state} for ${texts(catcher.ErrorEquals).join(', ')}`;
}
