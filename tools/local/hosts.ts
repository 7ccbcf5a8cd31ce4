/** Host names of AWS and the ports of the local servers that stand for them. */
export class HostTable {
  readonly #ports = new Map<string, number>();

  add(host: string, port: number): void {
    this.#ports.set(host.toLowerCase(), port);
  }

  /** The local port that stands for a host; `undefined` for a host of somebody else. */
  portOf(host: string): number | undefined {
    return this.#ports.get(host.toLowerCase());
  }

  /** The URL with its host, if it is one of the table, replaced by the local server; any other as it is. */
  localize(url: string): string {
    const [, host, rest] = /^https?:\/\/([^/?#]+)(.*)$/is.exec(url) ?? [];
    const port = host === undefined ? undefined : this.portOf(host);
    return port === undefined ? url : `${localUrl(port)}${rest ?? ""}`;
  }
}

/** How viewers name a local server. */
export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}
