import { AwsError } from "./aws-error";

/** Percent-encodes as AWS's signatures demand: everything but letters, digits and `-._~`. */
export function awsEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Percent-encodes a path as AWS's signatures demand; slashes stay. */
export function awsEncodePath(path: string): string {
  return path.split("/").map(awsEncode).join("/");
}

/**
 * Percent-decodes as UTF-8.
 * @throws AwsError InvalidURI for text that is no percent-encoded UTF-8
 */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError("InvalidURI", { URI: text });
  }
}

/** Parses a query string; the parameters keep their order. `+` is a space, as in forms. */
export function parseQuery(query: string): [name: string, value: string][] {
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return [percentDecode(name.replaceAll("+", " ")), percentDecode(value.replaceAll("+", " "))];
  });
}
