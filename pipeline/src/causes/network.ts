import type { CauseRow } from './cause';

/** Host names, connections and TLS, whatever the service. The first matching row counts. */
export const networkCauses: readonly CauseRow[] = [
  {
    codes: ['ENOTFOUND'],
    says: /amazonaws\.com/,
    kind: 'Misconfigured',
    sentence: 'the host {host} does not exist',
    remedy: 'Correct AWS_REGION or the name of the bucket',
  },
  {
    codes: ['ENOTFOUND'],
    kind: 'Misconfigured',
    sentence: 'the host {host} does not exist',
    remedy: 'Correct the address: AWS_ENDPOINT_URL or its service-specific variants, or TEMPORAL_ADDRESS',
  },
  {
    codes: ['EAI_AGAIN', 'EAI_FAIL'],
    kind: 'Unavailable',
    sentence: 'the name {host} cannot be resolved at present',
    remedy: 'Check the network and the name servers of this machine',
  },
  {
    codes: ['ECONNREFUSED'],
    kind: 'Unavailable',
    sentence: 'the connection to {address} is refused',
    remedy: 'Start the service, or correct its address',
  },
  {
    codes: ['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'],
    kind: 'Unavailable',
    sentence: 'no connection to {address}: {message}',
    remedy: 'Check the network, its security groups and proxies',
  },
  {
    codes: ['TimeoutError', 'RequestTimeout'],
    kind: 'Unavailable',
    sentence: 'no response in time: {message}',
    remedy: 'Check the service and the network',
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'],
    kind: 'Unavailable',
    sentence: 'the connection was lost: {message}',
    remedy: 'Check the service and the network',
  },
  {
    codes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    says: /wrong version number|packet length too long|unknown protocol/i,
    kind: 'Misconfigured',
    sentence: 'the server does not speak TLS',
    remedy: 'Use an address and settings without TLS (http://, TEMPORAL_TLS=false), or the port that speaks TLS',
  },
  {
    codes: [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    kind: 'Misconfigured',
    sentence: "the server's certificate is not trusted: {message}",
    remedy: 'Set its certificate authority: NODE_EXTRA_CA_CERTS, for Temporal TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  },
  {
    codes: ['HPE_INVALID_CONSTANT', 'HPE_INVALID_VERSION'],
    kind: 'Misconfigured',
    sentence: 'the server does not speak HTTP',
    remedy: 'Correct the address of the endpoint',
  },
  {
    codes: ['ERR_INVALID_URL'],
    kind: 'Misconfigured',
    sentence: 'the address of an endpoint is not a URL',
    remedy: 'Set AWS_ENDPOINT_URL and its service-specific variants in the form http://host:port',
  },
  {
    codes: ['ERR_SOCKET_BAD_PORT'],
    kind: 'Misconfigured',
    sentence: 'not a port: {message}',
    remedy: 'Give a port from 1 to 65535',
  },
];
