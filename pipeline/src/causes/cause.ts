import { type ExitCode, exitCodes } from '../failures';

/** Why something outside of this project's code failed, for callers that decide by it. */
export type CauseKind =
  | 'NotFound'
  | 'NoSuchBucket'
  | 'AccessDenied'
  /** Credentials, region, address, certificate or namespace: no request can succeed with them. */
  | 'Misconfigured'
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
  /** Environment variables; one of them must be set. */
  readonly given?: readonly string[];
}

/** The failure type that a cause stands for. Only `ServiceUnavailable` is worth a retry. */
export type CauseClass = 'BadConfiguration' | 'ServiceUnavailable';

const kinds: Readonly<Record<CauseKind, readonly [CauseClass, ExitCode]>> = {
  NotFound: ['BadConfiguration', exitCodes.ioError],
  NoSuchBucket: ['BadConfiguration', exitCodes.badConfiguration],
  AccessDenied: ['BadConfiguration', exitCodes.badConfiguration],
  Misconfigured: ['BadConfiguration', exitCodes.badConfiguration],
  ReadOnly: ['BadConfiguration', exitCodes.badConfiguration],
  NoSpace: ['ServiceUnavailable', exitCodes.ioError],
  Unavailable: ['ServiceUnavailable', exitCodes.unavailable],
};

export const classOfKind = (kind: CauseKind): CauseClass => kinds[kind][0];
export const exitCodeOfKind = (kind: CauseKind): ExitCode => kinds[kind][1];
