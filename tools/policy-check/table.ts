import type { Verdict } from "./evaluate";

/** The rules and their results as a table, with every violation below it, as lines of text. */
export function table(verdicts: readonly Verdict[]): string {
  const header = ["rule", "level", "severity", "result"];
  const rows = verdicts.map((verdict) => [
    verdict.rule.name,
    verdict.level,
    verdict.rule.severity ?? "",
    resultOf(verdict),
  ]);
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const violations = verdicts.flatMap(({ rule, level, violations: found }) =>
    found.map((violation) => `\n${level}: ${rule.name}: ${violation}`),
  );
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line), ...violations].join("\n");
}

/** How many violations there are of the rules that stop a deployment. */
export function mandatoryCount(verdicts: readonly Verdict[]): number {
  return count(verdicts.filter(({ level }) => level === "mandatory" || level === "remediate"));
}

/** How many violations there are of the rules that only warn. */
export function advisoryCount(verdicts: readonly Verdict[]): number {
  return count(verdicts.filter(({ level }) => level === "advisory"));
}

/** `1 violation`, `2 violations`. */
export function violations(number: number, kind = ""): string {
  return `${number} ${kind}${kind === "" ? "" : " "}violation${number === 1 ? "" : "s"}`;
}

function resultOf({ level, violations: found }: Verdict): string {
  if (level === "disabled") return "off";
  return found.length === 0 ? "pass" : violations(found.length);
}

function count(verdicts: readonly Verdict[]): number {
  return verdicts.reduce((sum, verdict) => sum + verdict.violations.length, 0);
}
