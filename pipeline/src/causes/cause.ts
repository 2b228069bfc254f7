import { type ExitCode, exitCodes } from '../failures';

/** Why something outside of this project's code failed, for callers that decide by it. */
export type CauseKind =
  | 'NotFound'
  | 'NoSuchBucket'
  | 'AccessDenied'
  /** Credentials, region, address, certificate or namespace: no request can succeed with them. */
  | 'Misconfigured'
  /** Credentials that are refused, or not given out, for now: they may be renewed, and other processes may have others. */
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
  /** What to do about it: one imperative sentence without a full stop. */
  readonly remedy: string;
}

/** A pattern and the cause it stands for. All conditions of a row must hold. */
export interface CauseRow extends Cause {
  /** Error names and codes, `HTTP <status>` and `gRPC <code>`; one of them must match. */
  readonly codes?: readonly string[];
  readonly says?: RegExp;
  /** Holds only where a provider that answers over HTTP is configured for AWS credentials. */
  readonly remoteProvider?: true;
}

/** What follows from a cause. `Credentials` is worth retries within a budget, and `BadConfiguration` after it. */
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
/** The exit code of a process that reports the cause at once. */
export const exitCodeOfKind = (kind: CauseKind): ExitCode => kinds[kind][1];
