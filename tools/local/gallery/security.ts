import type { IncomingMessage } from "node:http";

/** Returns headers that allow the page its own script and style, and requests to the stack, and nothing else. */
export function securityHeaders(endpoints: readonly string[]): Record<string, string> {
  const stack = [...new Set(endpoints.map((url) => new URL(url).origin))].join(" ");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' ${stack}`,
    `connect-src 'self' ${stack}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  };
}

/** Detects a request of another site: by a host name that only points here, or a change from another origin. */
export function isForeign({ method, headers, socket }: IncomingMessage): boolean {
  const hosts = ["localhost", "127.0.0.1"].map((name) => `${name}:${socket.localPort ?? 0}`);
  if (!hosts.includes(headers.host ?? "")) return true;
  if (method === "GET" || method === "HEAD") return false;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host ?? ""}`;
}
