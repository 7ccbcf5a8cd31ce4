import type { Spread } from "./resize-result";

/** A Markdown table; every column but the first is aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** US dollars: cents below 100, whole ones above. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.005) return "< $0.01";
  return `$${amount.toLocaleString("en", amount < 100 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;
}

/** `300,000`; from a million on `10 million`, `1 billion`. */
export function count(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} billion`;
  if (value >= 1e6) return `${short(value / 1e6)} million`;
  return Math.round(value).toLocaleString("en");
}

/** 10k, 10M, 1G: for the ticks of a chart. */
export function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact" }).format(value);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

/** A ratio: `1.25 (1.20 to 1.31)`. */
export function spreadText(spread: Spread | undefined): string {
  if (!spread) return "1";
  return `${spread.median.toFixed(2)} (${spread.low.toFixed(2)} to ${spread.high.toFixed(2)})`;
}

function short(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 2 });
}
