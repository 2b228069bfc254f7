import type { CauseRow } from './cause';

/** Codes for the findings of a probe of Temporal's port, where its client only reports an exceeded deadline. */
export const portFindings = { http: 'ETL_PORT_HTTP', tls: 'ETL_PORT_TLS', silent: 'ETL_PORT_SILENT' } as const;

/** Errors of a Temporal server. Source of the numbers: the status codes of gRPC. */
export const temporalCauses: readonly CauseRow[] = [
  {
    codes: ['NamespaceNotFoundError', 'NamespaceNotFound'],
    kind: 'Misconfigured',
    sentence: '{message}',
    remedy: 'Correct TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace NAME',
  },
  {
    codes: ['gRPC 5'],
    says: /namespace/i,
    kind: 'Misconfigured',
    sentence: '{message}',
    remedy: 'Correct TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace NAME',
  },
  {
    codes: ['gRPC 7'],
    kind: 'AccessDenied',
    sentence: 'Temporal denies access: {message}',
    remedy: 'Check TEMPORAL_API_KEY or the client certificate, and what they may do in TEMPORAL_NAMESPACE',
  },
  {
    codes: ['gRPC 16'],
    kind: 'Misconfigured',
    sentence: 'Temporal does not accept the credentials: {message}',
    remedy: 'Set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH',
  },
  {
    codes: ['gRPC 4', 'gRPC 14'],
    kind: 'Unavailable',
    sentence: 'Temporal does not respond: {message}',
    remedy: 'Check the server and the network',
  },
  {
    says: /^Invalid address for Temporal/,
    kind: 'Misconfigured',
    sentence: 'not an address of a Temporal server',
    remedy: 'Set TEMPORAL_ADDRESS in the form host:port',
  },
  {
    codes: [portFindings.http],
    kind: 'Misconfigured',
    sentence: 'the server speaks HTTP/1, not gRPC',
    remedy: "Give the port of Temporal's gRPC service (7233 by default), not that of its Web UI",
  },
  {
    codes: [portFindings.tls],
    kind: 'Misconfigured',
    sentence: 'the server expects TLS, or does not speak gRPC',
    remedy: 'Set TEMPORAL_TLS=true, TEMPORAL_API_KEY or the client certificate; or correct TEMPORAL_ADDRESS',
  },
  {
    codes: [portFindings.silent],
    kind: 'Unavailable',
    sentence: 'the server accepts connections, but does not respond',
    remedy: 'Check the server, or correct TEMPORAL_ADDRESS',
  },
];
