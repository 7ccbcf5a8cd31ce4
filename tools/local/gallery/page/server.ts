import type { Leg, Original, OriginalsPage, Permission, StackInfo } from "../contract";

// What the page asks its server.

export function getStack(): Promise<StackInfo> {
  return ask("GET", "/stack");
}

export function getOriginals(after: string, search: string): Promise<OriginalsPage> {
  return ask("GET", `/originals?${new URLSearchParams({ after, search }).toString()}`);
}

/** `undefined` for an original that is not there. */
export async function getOriginal(key: string): Promise<Original | undefined> {
  const response = await fetch(of("/original", key));
  return response.ok ? ((await response.json()) as Original) : undefined;
}

/** Puts an original in place of whatever has its key. */
export function putOriginal(key: string, file: Blob): Promise<Original> {
  return ask("PUT", of("/original", key), file);
}

/** Deletes every variant of an original from the bucket and from the CDN. */
export function deleteVariants(key: string): Promise<unknown> {
  return ask("DELETE", of("/variants", key));
}

export function getPermissions(): Promise<Permission[]> {
  return ask("GET", "/permissions");
}

export function setPermission(id: string, denied: boolean): Promise<Permission[]> {
  return ask("POST", "/permissions", JSON.stringify({ id, denied }));
}

/** Asks the CDN for a path and follows the redirects, each of them a leg. */
export function tryPath(path: string, accept: string): Promise<Leg[]> {
  return ask("POST", "/try", JSON.stringify({ path, accept }));
}

function of(path: string, key: string): string {
  return `${path}?${new URLSearchParams({ key }).toString()}`;
}

/** @throws Error with the server's sentence for whatever it refuses */
async function ask<T>(method: string, path: string, body?: BodyInit): Promise<T> {
  const response = await fetch(path, { method, ...(body === undefined ? {} : { body }) });
  const answer = (await response.json()) as T & { readonly message?: string };
  if (!response.ok) throw new Error(answer.message ?? `the server answered ${response.status}`);
  return answer;
}
