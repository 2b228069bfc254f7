import { en } from './en';
import { es } from './es';
import type { MessageTexts } from './texts';

/** Languages of notifications. */
export const languages = { es, en } as const satisfies Record<string, MessageTexts>;

export type MessageLanguage = keyof typeof languages;

export const defaultLanguage: MessageLanguage = 'es';
