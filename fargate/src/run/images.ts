import { own } from '@etl/lib/own';
import type { ContainerDefinition } from '../api/schemas';

/** Image name -> the command that replaces the image's program. A container's `command` is appended to it. */
export type Images = Readonly<Record<string, readonly string[]>>;

export type Resolved = { readonly program?: readonly string[] } | { readonly startFailure: string };

/**
 * Returns the program that a container runs locally. An unmapped image cannot be pulled. A sidecar (not essential) with
 * an unmapped image is accepted without a program, because log routers and similar containers have no local task.
 */
export function resolveProgram(
  images: Images,
  container: ContainerDefinition,
  command: readonly string[] | undefined,
): Resolved {
  const image = own(images, container.image);
  if (!image || image.length === 0) {
    if (container.essential === false) return {};
    return {
      startFailure: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${container.image}: not found`,
    };
  }
  return { program: [...image, ...(command ?? container.command ?? [])] };
}

/** Merges environments: later layers, such as the overrides, take precedence. */
export function mergeEnvironment(...layers: readonly (readonly KeyValue[] | undefined)[]): Record<string, string> {
  const pairs = layers.flatMap((layer) => layer ?? []);
  return Object.fromEntries(pairs.flatMap(({ name, value }) => (name ? [[name, value ?? '']] : [])));
}

interface KeyValue {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

const passedOn = ['PATH', 'HOME', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

/**
 * Returns the part of the host's environment that a task receives: only what a program needs to start and to reach AWS.
 */
export function hostEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => passedOn.includes(name) || name.startsWith('AWS_'));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
