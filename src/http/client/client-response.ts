import { type Fields, ProtocolError } from "../message/index.ts";

/** Where a response gets its body from. */
export interface ResponseSource {
  /** The next owned chunk, or null at the end. One read at a time. Throws NetError or ProtocolError when it breaks off. */
  read(): Promise<Uint8Array | null>;
  /** Nobody wants the rest; a read that is pending or comes later fails. */
  cancel(reason?: Error): void;
  /** The trailers, once the body has ended. */
  readonly trailers: Fields | undefined;
}

const DEFAULT_BYTES_MAX = 64 * 1024 * 1024;

/** Ends the exchange of a response that nobody has any more, so that its connection is not held for ever. */
const abandoned = new FinalizationRegistry<ResponseSource>((source) => source.cancel());

/**
 * What a server answered. Its body is read once, by `read`, iteration, `bytes`, `text`, `json` or `stream`; until it has been read or cancelled it holds a
 * connection. `await using` cancels what is left.
 *
 * @example
 * await using response = await client.request("http://127.0.0.1:8080/");
 * if (response.status === 200) for await (const chunk of response) process.stdout.write(chunk);
 */
export class ClientResponse implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly status: number;
  /** Its fields, in wire order; they are the caller's. */
  readonly headers: Fields;
  /** Bytes of body to come when it was received: 0 none, -1 unknown. */
  readonly length: number;
  private readonly source: ResponseSource;
  private view: ReadableStream<Uint8Array> | undefined = undefined;

  constructor(source: ResponseSource, status: number, headers: Fields, length: number) {
    this.source = source;
    this.status = status;
    this.headers = headers;
    this.length = length;
    abandoned.register(this, source);
  }

  /** The trailers, once the body has been read to its end. */
  get trailers(): Fields | undefined {
    return this.source.trailers;
  }

  /** The next chunk, which is the caller's, or null at the end. One read at a time. Throws NetError or ProtocolError when the body breaks off. */
  async read(): Promise<Uint8Array | null> {
    return this.source.read();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    let whole = false;
    try {
      for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk;
      whole = true;
    } finally {
      if (!whole) this.cancel();
    }
  }

  /** The whole body. One longer than `maxBytes` (default 64 MiB) is cancelled, with a ProtocolError. */
  async bytes(maxBytes: number = DEFAULT_BYTES_MAX): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this) {
      length += chunk.length;
      if (length > maxBytes) throw new ProtocolError("peer", `the response body is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  /** The whole body as UTF-8, a byte order mark taken off; `maxBytes` as for `bytes`. */
  async text(maxBytes?: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(maxBytes));
  }

  /** The whole body as JSON; `maxBytes` as for `bytes`. Throws SyntaxError when it is none. */
  async json(maxBytes?: number): Promise<unknown> {
    return JSON.parse(await this.text(maxBytes)) as unknown;
  }

  /** A lazy view for web APIs. */
  get stream(): ReadableStream<Uint8Array> {
    this.view ??= new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.read();
          if (chunk === null) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
    return this.view;
  }

  /** Nobody wants the rest: a short one is let come, so that the connection lives on; a long one is broken off. Idempotent. */
  cancel(): void {
    this.source.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
  }
}
