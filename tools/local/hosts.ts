/** Host names of AWS, and the ports of the local servers that stand for them. */
export class HostTable {
  readonly #ports = new Map<string, number>();

  add(host: string, port: number): void {
    this.#ports.set(host.toLowerCase(), port);
  }

  /** Returns the local port that stands for a host; `undefined` for a host outside the stack. */
  portOf(host: string): number | undefined {
    return this.#ports.get(host.toLowerCase());
  }

  /** Replaces the host of a URL by its local server; a host outside the stack stays. */
  localize(url: string): string {
    const [, host, rest] = /^https?:\/\/([^/?#]+)(.*)$/is.exec(url) ?? [];
    const port = host === undefined ? undefined : this.portOf(host);
    return port === undefined ? url : `${localUrl(port)}${rest ?? ""}`;
  }
}

/** Returns the URL by which clients reach a local server. */
export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}
