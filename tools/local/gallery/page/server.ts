// All that the page asks of its server.
import type { Signal } from "@preact/signals";
import type { Crop, Events, Leg, OriginalDetails, OriginalsPage, Permission, StackInfo, TryRequest } from "../contract";

/** The `Accept` header of Chromium for an `<img>`. */
export const IMAGE_ACCEPT = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";

/** The stack has ended, or is not started again yet. */
export class Unreachable extends Error {
  constructor() {
    super("The stack does not answer: start it again with npm start.");
  }
}

export function getStack(): Promise<StackInfo> {
  return send("GET", "/stack");
}

export function getOriginals(search: string, from: number, count: number): Promise<OriginalsPage> {
  return send("GET", withQuery("/originals", { search, from: String(from), count: String(count) }));
}

export function getOriginal(key: string, search: string): Promise<OriginalDetails> {
  return send("GET", withQuery("/original", { key, search }));
}

/** Creates or replaces an original. */
export function putOriginal(key: string, file: Blob): Promise<unknown> {
  return send("PUT", withQuery("/original", { key }), file);
}

/** Deletes an original with its variants. */
export function deleteOriginal(key: string): Promise<unknown> {
  return send("DELETE", withQuery("/original", { key }));
}

/**
 * Returns the URL of an original in a format that the browser shows.
 * @param version a document keeps the images that it has shown by their URLs
 */
export function previewUrl(key: string, version = ""): string {
  return withQuery("/preview", { key, version });
}

/** Returns the URL of the image at a path of the CDN, in the format of a client that accepts any. */
export function imageUrl(path: string, version = ""): string {
  return withQuery("/image", { path, version });
}

export function getCrops(key: string, size: string): Promise<Crop[]> {
  return send("GET", withQuery("/crops", { key, size }));
}

/** Deletes every variant of an original from the bucket and from the CDN. */
export function deleteVariants(key: string): Promise<unknown> {
  return send("DELETE", withQuery("/variants", { key }));
}

export function getPermissions(): Promise<Permission[]> {
  return send("GET", "/permissions");
}

export function setPermission(id: string, denied: boolean): Promise<Permission[]> {
  return send("POST", "/permissions", JSON.stringify({ id, denied }));
}

/** Requests a path from the CDN and follows the redirects; each request is a leg. */
export function tryPath(path: string, accept: string): Promise<Leg[]> {
  return send("POST", "/try", JSON.stringify({ path, accept } satisfies TryRequest));
}

export type Connection = "connecting" | "live" | "lost";

/** Receives the events of the stack. The browser reconnects by itself, and the stack sends what was missed. */
export function listen(
  handlers: { readonly [Name in keyof Events]: (data: Events[Name]) => void },
  connection: Signal<Connection>,
): void {
  const source = new EventSource("/events");
  source.addEventListener("open", () => (connection.value = "live"));
  source.addEventListener("error", () => (connection.value = "lost"));
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      handle(JSON.parse(event.data) as never);
    });
  }
}

function withQuery(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query).toString()}`;
}

/** @throws Unreachable, or Error with the server's message for a status that is no success */
async function send<T>(method: string, path: string, body?: BodyInit): Promise<T> {
  const response = await fetch(path, { method, ...(body === undefined ? {} : { body }) }).catch(() => {
    throw new Unreachable();
  });
  const answer = (await response.json()) as T & { readonly message?: string };
  if (!response.ok) throw new Error(answer.message ?? `The server answered ${response.status}.`);
  return answer;
}
