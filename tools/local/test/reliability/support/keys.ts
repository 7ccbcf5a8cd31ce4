import fc from "fast-check";

/** Originals with the most awkward names and folders that S3 allows. */
export const ORIGINALS = [
  "a.jpg",
  "p_1/a.jpg",
  "p_1/b.png",
  "deep/er/and/deeper/c.webp",
  "p 1/å + 100% & #1 = 'x' \"y\".jpg",
  "twice/100%25.jpg",
  "forms/\u00e9.jpg",
  "forms/e\u0301.jpg",
  "marks/\u200fright\u202eleft.jpg",
  "640wide/d.jpg",
  "https:/evil.example/e.jpg",
  "emoji/🏔.jpg",
  "back\\slash/f.jpg",
  "640w/in-a-folder-called-like-a-size.jpg",
  "640x/480w",
] as const;

const LISTED = ["200x150", "640w", "480h"];
const UNLISTED = ["641w", "0w", "0640w", "9999999999w", "640W", "1x1", "٣٦٠w", "640w "];
const FORMATS = [".webp", ".avif", ".png", ".jpg", ".", ".webp.webp"];
const PARTS = [
  ...["", ".", "..", "...", "~", "%2e%2e", "..;", "a.jpg", "p_1", "forms", "etc", "passwd", "marks", "640w", "200x150"],
  ...["\0", "\r\n", "a\r\nset-cookie: x=y", "\u0085", "\u2028", "\ud800", "\udfffx", "\ufeff", "\u200f", "\u202e"],
  ...["e\u0301.jpg", "\u00e9.jpg", "ﬁ.jpg", "\u212b.jpg", "İ.jpg", "🏔.jpg", "\u{10ffff}"],
  ...["https:", "http:", "s3:", "evil.example", "evil.example:80@", "arn:aws:s3:::x", "other.s3.amazonaws.com"],
  ...["a?b", "a#b", "a&key=640w", "a=b", "a;b", "a+b", "a b", "*", "a\\b", "javascript:alert(1)", "<script>", '"', "'"],
];
/** Text that is not valid UTF-8, or not valid percent-encoding. */
const BROKEN = [
  ...[
    "%",
    "%2",
    "%zz",
    "%u0041",
    "%00",
    "%0d%0a",
    "%C0%AF",
    "%C0%AE%C0%AE",
    "%E0%A4",
    "%ED%A0%80",
    "%F5%80%80%80",
    "%FF",
  ],
];

const spec = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...LISTED) },
      { weight: 1, arbitrary: fc.constantFrom(...UNLISTED) },
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constantFrom(...FORMATS) }),
  )
  .map((both) => both.join(""));
const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PARTS) },
  { weight: 3, arbitrary: spec },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

/** Keys of an original in a listed spec or another, sometimes with a segment too many. */
const variantOfOriginal = fc
  .tuple(
    fc.constantFrom(...ORIGINALS),
    spec,
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.tuple(segment, fc.nat(3)) }),
  )
  .map(([original, size, extra]) => {
    const segments = original.split("/");
    segments.splice(-1, 0, size);
    if (extra) segments.splice(extra[1], 0, extra[0]);
    return segments.join("/");
  });

const anyKey = fc
  .tuple(fc.array(segment, { maxLength: 7 }), fc.constantFrom("/", "/", "/", "//", "\\", "/./"))
  .map(([segments, separator]) => segments.join(separator));

const longKey = fc
  .tuple(
    fc.constantFrom("a", "é", "🏔", "a/", "640w/", "../"),
    fc.integer({ min: 200, max: 8192 }),
    fc.constantFrom("", "640w/", "640w/a.jpg"),
  )
  .map(([unit, length, end]) => unit.repeat(Math.ceil(length / unit.length)) + end);

const key = fc.oneof(
  { weight: 8, arbitrary: variantOfOriginal },
  { weight: 10, arbitrary: anyKey },
  { weight: 1, arbitrary: longKey },
);

/** Percent-encodes the bytes of UTF-8 that `picked` selects; half surrogates become U+FFFD, as in any encoder. */
function encodeBytes(text: string, picked: (byte: number, index: number) => boolean): string {
  return [...Buffer.from(text)]
    .map((byte, index) =>
      picked(byte, index) || byte > 0x7f ? `%${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte),
    )
    .join("");
}

const encodeOnce = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const encodeSegments = (text: string) => text.split("/").map(encodeOnce).join("/");

const encoded = fc
  .tuple(key, fc.constantFrom("raw", "segments", "segments", "once", "twice", "thrice", "bytes", "lower"), fc.nat())
  .map(([text, how, seed]) => {
    if (how === "raw") return text;
    if (how === "segments") return encodeSegments(text);
    if (how === "once") return encodeOnce(text);
    if (how === "twice") return encodeOnce(encodeOnce(text));
    if (how === "thrice") return encodeOnce(encodeOnce(encodeOnce(text)));
    if (how === "lower") return encodeSegments(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
    return encodeBytes(text, (_byte, index) => ((seed >>> (index % 31)) & 1) === 1);
  });

const broken = fc
  .tuple(encoded, fc.constantFrom(...BROKEN), fc.nat())
  .map(([text, junk, at]) => text.slice(0, at % (text.length + 1)) + junk + text.slice(at % (text.length + 1)));

const value = fc.oneof({ weight: 6, arbitrary: encoded }, { weight: 1, arbitrary: broken });

/** Raw query strings as an attacker may send them: most of them wrong in some way, many of them right. */
export const rawQueryStrings: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: value.map((text) => `key=${text}`) },
  { weight: 2, arbitrary: fc.tuple(value, value).map(([one, other]) => `key=${one}&key=${other}`) },
  { weight: 2, arbitrary: fc.tuple(value, value).map(([one, other]) => `a=${one}&key=${other}`) },
  { weight: 1, arbitrary: value.map((text) => `KEY=${text}`) },
  { weight: 1, arbitrary: value },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 64 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "key", "key=", "&", "=", "key=&key=", "&key=640w/a.jpg", "key==640w/a.jpg"),
  },
);
