import { AwsError } from "./aws-error";

const LINE_LIMIT = 16 * 1024;

/**
 * Removes `aws-chunked` framing from a body: sizes in hex, data, then trailing headers. (S3 API, Trailing checksums)
 * @param trailers receives the trailers, names in lower case
 * @throws AwsError IncompleteBody for a body that ends early or is framed wrongly
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer, void> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    const reader = new Reader(chunks);
    for (;;) {
      const line = await reader.line();
      const size = /^[0-9a-f]{1,12}$/i.exec(line.split(";")[0] ?? "");
      if (!size) throw new AwsError("IncompleteBody");
      let left = parseInt(size[0], 16);
      if (left === 0) break;
      while (left > 0) {
        const data = await reader.some(left);
        left -= data.length;
        yield data;
      }
      if ((await reader.line()) !== "") throw new AwsError("IncompleteBody");
    }
    for (let line = await reader.line(); line !== ""; line = await reader.line()) {
      const colon = line.indexOf(":");
      trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  } finally {
    await chunks.return?.();
  }
}

/** Reads lines and runs of bytes from a stream, and holds at most one of its chunks and a line. */
class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterator<Buffer>) {
    this.#chunks = chunks;
  }

  /** Returns a line without its CRLF. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf("\r\n");
      if (end !== -1) {
        const line = this.#buffer.toString("latin1", 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (this.#buffer.length > LINE_LIMIT) throw new AwsError("IncompleteBody");
      this.#buffer = Buffer.concat([this.#buffer, await this.#next()]);
    }
  }

  /** Returns at least one and at most `limit` bytes. */
  async some(limit: number): Promise<Buffer> {
    if (this.#buffer.length === 0) this.#buffer = await this.#next();
    const data = this.#buffer.subarray(0, limit);
    this.#buffer = this.#buffer.subarray(data.length);
    return data;
  }

  async #next(): Promise<Buffer> {
    const next: IteratorResult<Buffer, undefined> = await this.#chunks.next();
    if (next.done) throw new AwsError("IncompleteBody");
    return next.value;
  }
}
