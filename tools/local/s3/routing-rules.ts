import type { RoutingRule } from "./website-configuration";

/** Where a website sends the viewer. */
export interface Redirect {
  readonly status: number;
  readonly location: string;
}

/**
 * The redirect of the first rule that applies.
 * @param errorCode the status of the error that came up; `undefined` before the object is looked for, when only rules
 *   without an error code apply
 * @param host the host that was asked, for rules that name none
 */
export function redirectFor(
  rules: readonly RoutingRule[],
  key: string,
  errorCode: number | undefined,
  host: string,
): Redirect | undefined {
  const rule = rules.find(
    (candidate) => candidate.errorCode === errorCode && key.startsWith(candidate.keyPrefixEquals ?? ""),
  );
  if (!rule) return undefined;
  const { redirect } = rule;
  const path = targetPath(rule, key);
  return { status: redirect.code, location: `${redirect.protocol ?? "http"}://${redirect.hostName ?? host}/${path}` };
}

/** What a rule puts in for the key or its prefix goes out as declared: `?` and `=` in it make a query string. */
function targetPath({ keyPrefixEquals = "", redirect }: RoutingRule, key: string): string {
  if (redirect.replaceKeyWith !== undefined) return redirect.replaceKeyWith;
  if (redirect.replaceKeyPrefixWith === undefined) return encodePath(key);
  return redirect.replaceKeyPrefixWith + encodePath(key.slice(keyPrefixEquals.length));
}

/** Percent-encodes a key as the path of a URI: once, and `&`, `=`, `+` and their like stay. */
export function encodePath(key: string): string {
  return encodeURI(key).replace(/[?#]/g, encodeURIComponent);
}
