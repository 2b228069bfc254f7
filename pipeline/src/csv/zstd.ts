/** Thrown for damaged or unsupported Zstandard data. */
export class ZstdError extends Error {
  override readonly name = 'ZstdError';
}

/** Decompresses one file: any number of Zstandard frames and skippable frames (RFC 8878). */
export interface ZstdDecoder {
  /**
   * Decompresses the next stored bytes in pieces of at most 128 KiB. Each piece has its own memory.
   * @throws ZstdError for damaged data, a wrong content checksum, a frame that needs a dictionary or a window above
   * 128 MiB.
   */
  push(stored: Uint8Array): Generator<Buffer>;
  /** @throws ZstdError when the last frame is incomplete. */
  end(): void;
  /** Frees the decoder's memory. */
  close(): void;
}

/** The functions of libzstd that its WebAssembly build exports. Addresses, sizes and results are 32-bit numbers. */
interface Libzstd {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_DStreamInSize(): number;
  ZSTD_DStreamOutSize(): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** Opens a decoder. Close it after use. */
export async function openZstd(): Promise<ZstdDecoder> {
  libzstd ??= loadLibzstd();
  return new Decoder(await libzstd);
}

let libzstd: Promise<Libzstd> | undefined;

/**
 * Loads libzstd. The package's own streaming function does not report libzstd's errors, so only its WebAssembly
 * instance is used, which the package passes to `_init`.
 */
async function loadLibzstd(): Promise<Libzstd> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const loader = new ZSTDDecoder() as unknown as {
    init(): Promise<void>;
    _init(loaded: { readonly instance: { readonly exports: Libzstd } }): void;
  };
  const init = loader._init;
  return new Promise((resolve, reject) => {
    loader._init = (loaded) => {
      init(loaded);
      resolve(loaded.instance.exports);
    };
    loader.init().catch(reject);
  });
}

/** libzstd's `ZSTD_inBuffer` and `ZSTD_outBuffer`: address, size and position, of 32 bits each. */
const bufferBytes = 12;

class Decoder implements ZstdDecoder {
  private readonly context: number;
  private readonly input: number;
  private readonly output: number;
  /** The two buffer structures: `ZSTD_outBuffer`, then `ZSTD_inBuffer`. */
  private readonly buffers: number;
  /** 0 when the last frame is complete. */
  private expected = 0;

  constructor(private readonly lib: Libzstd) {
    this.context = lib.ZSTD_createDCtx();
    this.input = lib.malloc(lib.ZSTD_DStreamInSize());
    this.output = lib.malloc(lib.ZSTD_DStreamOutSize());
    this.buffers = lib.malloc(2 * bufferBytes);
    if ([this.context, this.input, this.output, this.buffers].includes(0)) {
      this.close();
      throw new Error('cannot allocate memory to decompress Zstandard data: run again with more memory');
    }
  }

  *push(stored: Uint8Array): Generator<Buffer> {
    const most = this.lib.ZSTD_DStreamInSize();
    for (let at = 0; at < stored.length; at += most) yield* this.decompress(stored.subarray(at, at + most));
  }

  private *decompress(stored: Uint8Array): Generator<Buffer> {
    const { lib, buffers } = this;
    const room = lib.ZSTD_DStreamOutSize();
    new Uint8Array(lib.memory.buffer).set(stored, this.input);
    for (let read = 0, more = true; more; ) {
      this.words().set([this.output, room, 0, this.input, stored.length, read]);
      this.expected = lib.ZSTD_decompressStream(this.context, buffers, buffers + bufferBytes) >>> 0;
      if (this.expected >= firstErrorResult) throw new ZstdError(describe(2 ** 32 - this.expected));
      const [, , written = 0, , , behind = 0] = this.words();
      read = behind;
      // A full output buffer may leave data in the decoder, unless the frame is complete.
      more = read < stored.length || (written === room && this.expected !== 0);
      if (written > 0) yield Buffer.from(Buffer.from(lib.memory.buffer, this.output, written));
    }
  }

  /** Returns the buffer structures. WebAssembly replaces the memory's buffer whenever it grows. */
  private words(): Uint32Array {
    return new Uint32Array(this.lib.memory.buffer, this.buffers, (2 * bufferBytes) / 4);
  }

  end(): void {
    if (this.expected !== 0) throw new ZstdError('it ends in the middle of a frame');
  }

  close(): void {
    this.lib.ZSTD_freeDCtx(this.context);
    for (const address of [this.input, this.output, this.buffers]) this.lib.free(address);
  }
}

/** Results from this value on are negative error codes. @see zstd_errors.h, `ZSTD_error_maxCode` */
const firstErrorResult = 2 ** 32 - 120;

/** Messages by error code. The codes are stable. @see zstd_errors.h */
const errors: Readonly<Record<number, string>> = {
  10: 'the bytes that follow are not a Zstandard frame',
  14: 'the frame header has an unsupported parameter',
  16: 'the frame needs a window of more than 128 MiB: compress it without --ultra --long',
  20: 'a block is corrupt',
  22: 'the content checksum does not match',
  30: 'a dictionary is corrupt',
  32: 'the frame needs a dictionary: compress it without one',
  64: 'no memory left',
  72: 'the content size does not match',
};

function describe(code: number): string {
  return errors[code] ?? `libzstd error ${code}`;
}
