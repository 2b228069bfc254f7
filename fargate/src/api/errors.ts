/** An error response of ECS. Its name becomes `__type`; `details` are members beside the message. */
export class EcsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly httpStatus: 400 | 403 | 500 = 400,
  ) {
    super(message);
  }
}

export const invalidParameter = (message: string) => new EcsError('InvalidParameterException', message);
export const clientException = (message: string) => new EcsError('ClientException', message);
export const clusterNotFound = () => new EcsError('ClusterNotFoundException', 'Cluster not found.');
export const serverException = (message: string) => new EcsError('ServerException', message, {}, 500);
export const notAllowed = (message: string) => new EcsError('AccessDeniedException', message, {}, 403);
export const serialization = (message: string) => new EcsError('SerializationException', message);

/** Error that cuts the connection without a response, whether or not the operation has run. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';
}
