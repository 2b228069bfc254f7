import { own } from '@etl/lib/own';
import type { ContainerDefinition } from './schemas';

/** Image name -> the command that stands for the image's program; a container's `command` is appended to it. */
export type Images = Readonly<Record<string, readonly string[]>>;

export type Resolved = { readonly program?: readonly string[] } | { readonly startFailure: string };

/**
 * What a container runs here. An image nobody mapped cannot be pulled; a sidecar (not essential) with one is let
 * through without a program, since log routers and the like have nothing to do here.
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

/** The definition's environment, the override's on top. */
export function mergeEnvironment(...layers: readonly (readonly KeyValue[] | undefined)[]): Record<string, string> {
  const pairs = layers.flatMap((layer) => layer ?? []);
  return Object.fromEntries(pairs.flatMap(({ name, value }) => (name ? [[name, value ?? '']] : [])));
}

interface KeyValue {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

const passedOn = ['PATH', 'HOME', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

/** What a task gets of the host's environment: what a program needs to start and to reach AWS, and nothing else. */
export function hostEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => passedOn.includes(name) || name.startsWith('AWS_'));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
