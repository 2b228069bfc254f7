type Library = typeof import('aws-local-stepfunctions', { with: { 'resolution-mode': 'import' }});

/** One that has checked a definition, and runs it any number of times. */
export type Interpreter = InstanceType<Library['StateMachine']>;

/** The interpreter's library: loaded when it is needed, since it brings an AWS client along. */
export function loadInterpreter(): Library {
  // It is written for Node 22, and this is all that an older one lacks.
  Promise.withResolvers ??= function withResolvers<T>() {
    let resolve!: (value: T | PromiseLike<T>) => void;
    let reject!: (reason?: unknown) => void;
    const promise = new Promise<T>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    return { promise, resolve, reject };
  };
  return require('aws-local-stepfunctions') as Library;
}

declare global {
  interface PromiseConstructor {
    withResolvers<T>(): {
      promise: Promise<T>;
      resolve: (value: T | PromiseLike<T>) => void;
      reject: (reason?: unknown) => void;
    };
  }
}
