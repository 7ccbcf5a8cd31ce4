import type { Spread } from "./statistics";

/** Returns a Markdown table; every column but the first is aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Joins paragraphs and tables with blank lines, without those that are empty. */
export function paragraphs(...blocks: readonly string[]): string {
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** Returns a paragraph of what a bench left out. */
export function leftOut(skipped: readonly { readonly name: string; readonly reason: string }[]): string {
  if (skipped.length === 0) return "";
  return `Left out: ${skipped.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`;
}

/** Formats US dollars: with cents below 100. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.005) return "< $0.01";
  return `$${amount.toLocaleString("en", amount < 100 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;
}

/** Formats a count: `300,000`; from a million on `10 million`, `1 billion`. */
export function count(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} billion`;
  if (value >= 1e6) return `${short(value / 1e6)} million`;
  return Math.round(value).toLocaleString("en");
}

/** Formats a number as `10K`, `10M` or `1B`. */
export function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact" }).format(value);
}

/** Formats milliseconds, with a decimal below 10. */
export function milliseconds(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(value < 10 ? 1 : 0);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

/** Formats a ratio, `1.25 (1.20 to 1.31)`; that of the floor to itself is 1. */
export function spreadText(spread: Spread | undefined): string {
  if (!spread) return "1";
  return `${spread.median.toFixed(2)} (${spread.low.toFixed(2)} to ${spread.high.toFixed(2)})`;
}

function short(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 2 });
}
