import type { Result } from "./check-stack";

/** Returns the rules and their results as a table of text, with every violation below it. */
export function table(results: readonly Result[]): string {
  const rows = [
    ["rule", "level", "severity", "result"],
    ...results.map((result) => [result.rule.name, result.level, result.rule.severity ?? "", resultOf(result)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [header = "", ...lines] = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const violations = results.flatMap(({ rule, level, violations: found }) =>
    found.map((violation) => `\n${level}: ${rule.name}: ${violation}`),
  );
  return [header, widths.map((width) => "-".repeat(width)).join("  "), ...lines, ...violations].join("\n");
}

/** Counts the violations of the rules that reject an update (mandatory), or of those that only warn (advisory). */
export function count(results: readonly Result[], level: "mandatory" | "advisory"): number {
  return results
    .filter((result) => (result.level === "remediate" ? "mandatory" : result.level) === level)
    .reduce((sum, { violations }) => sum + violations.length, 0);
}

/** Formats `1 violation`, `2 mandatory violations`. */
export function violations(number: number, level = ""): string {
  return `${number} ${level}${level === "" ? "" : " "}violation${number === 1 ? "" : "s"}`;
}

function resultOf({ level, violations: found }: Result): string {
  if (level === "disabled") return "off";
  return found.length === 0 ? "pass" : violations(found.length);
}
