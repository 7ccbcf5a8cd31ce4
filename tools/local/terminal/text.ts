// Text for a terminal.
import { styleText } from "node:util";

/** C0 and C1 control characters, line separators, and marks that reverse the direction of text. */
// oxlint-disable-next-line no-control-regex -- they are what it finds
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Returns text in which no character moves the cursor, colours, ends the line, or reorders it: they are `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Returns text with a style, or as it was. */
export type Paint = (style: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", text: string) => string;

/** Returns the styles of a stream: none unless it is a terminal, and none with NO_COLOR. (no-color.org) */
export function painter(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR = "", TERM }: Readonly<Record<string, string | undefined>>,
): Paint {
  const hasColours = isTTY === true && NO_COLOR === "" && TERM !== "dumb";
  return (style, text) => (hasColours ? styleText(style, text, { validateStream: false }) : text);
}
