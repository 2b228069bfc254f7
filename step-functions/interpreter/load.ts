type Library = typeof import('aws-local-stepfunctions', { with: { 'resolution-mode': 'import' }});

/** An interpreter of one validated definition, which can run any number of times. */
export type Interpreter = InstanceType<Library['StateMachine']>;

/** Loads the interpreter's library on demand, because it includes an AWS client. */
export function loadInterpreter(): Library {
  // The library targets Node 22. This is the only API that older versions lack.
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
