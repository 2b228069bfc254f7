import { type ExitCode, exitCodes } from '../failures/exitCodes';

/** Class of a failure outside this project's code, for callers that decide by it. */
export type CauseKind =
  | 'NotFound'
  | 'NoSuchBucket'
  | 'AccessDenied'
  /** Credentials, region, address, certificate or namespace: no request can succeed with them. */
  | 'Misconfigured'
  /**
   * Credentials that are rejected or unavailable at present: they may be renewed, and other processes may have valid
   * ones.
   */
  | 'Credentials'
  /** Too many requests, or a quota that is used up. */
  | 'Throttled'
  | 'ReadOnly'
  | 'NoSpace'
  | 'Unavailable';

export interface Cause {
  readonly kind: CauseKind;
  /** What failed, without a full stop. */
  readonly sentence: string;
  /** Remedy: one imperative sentence without a full stop. */
  readonly remedy: string;
}

/** A pattern and the cause that it indicates. All conditions of a row must hold. */
export interface CauseRow extends Cause {
  /** Error names and codes, `HTTP <status>` and `gRPC <code>`; one of them must match. */
  readonly codes?: readonly string[];
  readonly says?: RegExp;
  /** Matches only where AWS credentials come from a provider that is reached over HTTP. */
  readonly remoteProvider?: true;
}

/** Consequence of a cause. `Credentials` is retried within a budget, and becomes `BadConfiguration` after it. */
export type CauseClass = 'BadConfiguration' | 'Credentials' | 'Throttled' | 'ServiceUnavailable';

const kinds: Readonly<Record<CauseKind, readonly [CauseClass, ExitCode]>> = {
  NotFound: ['BadConfiguration', exitCodes.ioError],
  NoSuchBucket: ['BadConfiguration', exitCodes.badConfiguration],
  AccessDenied: ['BadConfiguration', exitCodes.badConfiguration],
  Misconfigured: ['BadConfiguration', exitCodes.badConfiguration],
  Credentials: ['Credentials', exitCodes.badConfiguration],
  Throttled: ['Throttled', exitCodes.unavailable],
  ReadOnly: ['BadConfiguration', exitCodes.badConfiguration],
  NoSpace: ['ServiceUnavailable', exitCodes.ioError],
  Unavailable: ['ServiceUnavailable', exitCodes.unavailable],
};

export const classOfKind = (kind: CauseKind): CauseClass => kinds[kind][0];
/** Returns the exit code of a process that reports the cause without a retry. */
export const exitCodeOfKind = (kind: CauseKind): ExitCode => kinds[kind][1];
