import type { Tag } from '@aws-sdk/client-ecs';

/** Returns the problem of the tags as one sentence. @see Amazon ECS API Reference, Tag */
export function tagsProblem(tags: readonly Tag[] | undefined): string | undefined {
  if (!tags) return undefined;
  if (tags.length > 50) return 'Too many tags: a resource can have 50.';
  const keys = tags.map(({ key }) => key ?? '');
  if (new Set(keys).size < keys.length) return 'Duplicate tag keys found.';
  for (const { key = '', value = '' } of tags) {
    if (key.length < 1 || key.length > 128) return `The tag key '${key.slice(0, 40)}' must have 1 to 128 characters.`;
    if (value.length > 256) return `The value of tag '${key}' must have at most 256 characters.`;
    if (/^aws:/i.test(key)) return `The tag key '${key}' must not begin with aws:`;
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) return `The tag '${key}' contains invalid characters.`;
  }
  return undefined;
}

/** Merges tags. Later layers take precedence. */
export function mergeTags(...layers: readonly (readonly Tag[])[]): Tag[] {
  const merged = new Map(layers.flat().map(({ key, value }) => [key ?? '', value ?? '']));
  return [...merged].map(([key, value]) => ({ key, value }));
}
