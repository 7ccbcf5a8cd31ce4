import type { Spread } from "./rounds";

/** A column of a table: its head, and its cell of a row. */
export type Column<Row> = readonly [head: string, cell: (row: Row) => string];

/** Returns a Markdown table; every column but the first is aligned to the right. */
export function table<Row>(rows: readonly Row[], ...columns: readonly Column<Row>[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(([head]) => head)),
    line(columns.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join("\n");
}

/** Joins paragraphs and tables with blank lines, without those that are empty. */
export function paragraphs(...blocks: readonly string[]): string {
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** Formats US dollars: with cents below 100. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.005) return "< $0.01";
  const digits = amount < 100 ? 2 : 0;
  return `$${amount.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** Formats a count: `300,000`; from a million on `10 million`, `1 billion`. */
export function count(value: number): string {
  const short = (number: number) => number.toLocaleString("en", { maximumFractionDigits: 2 });
  if (value >= 1e9) return `${short(value / 1e9)} billion`;
  if (value >= 1e6) return `${short(value / 1e6)} million`;
  return Math.round(value).toLocaleString("en");
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
