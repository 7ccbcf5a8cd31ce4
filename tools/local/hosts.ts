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

/** Names that no other site can have: loopback's, and those of AWS, by which the CDN requests its origins. */
const OWN_HOST =
  /^(localhost|127\.0\.0\.1|[a-z0-9.-]+\.(localhost|amazonaws\.com|amazonaws\.com\.cn|cloudfront\.net))(:\d+)?$/i;

/**
 * Tests the `Host` of a request. A page of another site can let its own name resolve to this machine (DNS rebinding), and
 * would read responses as its own. Browsers always send a `Host`.
 */
export function isOwnHost(host: string | undefined): boolean {
  return host === undefined || OWN_HOST.test(host);
}
