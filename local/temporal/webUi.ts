import { getFreePort } from '../freePort';
import { openGate } from '../gate/gate';
import { reserveUnreachablePort } from '../gate/unreachablePorts';

/** Ports of a dev server. Web pages reach its Web UI only through a gate, and cannot reach its metrics. */
export interface WebUi {
  /** Port that the Web UI itself listens on. */
  readonly innerPort: number;
  readonly metricsPort: number;
  close(): Promise<void>;
}

/**
 * Opens a gate for a Web UI on 127.0.0.1. The UI does not check the Host header: a page that rebinds its name to this
 * machine could start workflows there. If all ports that browsers cannot reach are in use, uses any free ones.
 */
export async function openWebUi(port: number): Promise<WebUi> {
  const inner = [await reserved(), await reserved()] as const;
  const release = () => Promise.all(inner.map((each) => each.release()));
  const [ui, metrics] = inner;
  try {
    const gate = await openGate({ port, target: { host: '127.0.0.1', port: ui.port }, hasPages: true });
    const close = async () => void (await Promise.all([gate.close(), release()]));
    return { innerPort: ui.port, metricsPort: metrics.port, close };
  } catch (error) {
    await release();
    throw error;
  }
}

const reserved = async () =>
  (await reserveUnreachablePort(['127.0.0.1'])) ?? { port: await getFreePort(), release: async () => undefined };
