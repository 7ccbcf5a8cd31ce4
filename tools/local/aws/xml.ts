import { AwsError } from "./aws-error";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A value of a document: text, nested elements, or one element for each of a list. */
type XmlValue = string | number | boolean | XmlElements | readonly (string | XmlElements)[] | undefined;
export interface XmlElements {
  readonly [name: string]: XmlValue;
}

/** Writes a response document, S3's by default. An element that is `undefined` is left out. */
export function xmlDocument(root: string, content: XmlElements, namespace = NAMESPACE): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${elements(content)}</${root}>`;
}

/** Writes S3's error document, which has no namespace. */
export function xmlError(content: XmlElements): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements(content)}</Error>`;
}

/** Escapes text for XML and HTML. Control characters become references, as S3 sends them, although XML has none. */
export function escapeMarkup(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex -- keys may contain them
    /[&<>"'\u0000-\u001f\u007f]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/**
 * Reads the texts of all elements of one name in a small document, at any depth.
 * @throws AwsError MalformedXML unless the document's root is `root`
 */
export function readTexts(xml: string, root: string, name: string): string[] {
  const document = new RegExp(`^\\s*(?:<\\?xml[^>]*\\?>)?\\s*<${root}(?:\\s[^>]*)?>(.*)</${root}>\\s*$`, "s");
  const body = document.exec(xml)?.[1];
  if (body === undefined) throw new AwsError("MalformedXML");
  const texts = body.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "gs"));
  return [...texts].map(([, text = ""]) => unescapeXml(text));
}

function elements(content: XmlElements): string {
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one: XmlValue) => element(name, one)))
    .join("");
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  const inner = typeof value === "object" ? elements(value as XmlElements) : escapeMarkup(String(value));
  return `<${name}>${inner}</${name}>`;
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (entity, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return codePoint(parseInt(hex, 16));
    if (decimal !== undefined) return codePoint(Number(decimal));
    return ENTITIES[name ?? ""] ?? entity;
  });
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new AwsError("MalformedXML");
  return String.fromCodePoint(code);
}
