import { runProgram } from "@image-resizer/lib/program";
import { rules } from "../../policy/rules";
import { checkStack, type Result } from "./check-stack";
import { readPackConfig } from "./pack-config";

/** Prints the results of every rule for a stack. Returns the exit code. */
export async function run(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  packConfigFile: string | undefined,
): Promise<number> {
  const packConfig = packConfigFile === undefined ? {} : readPackConfig(packConfigFile, rules);
  const { resources } = await runProgram({ stack, config });
  const results = await checkStack(rules, resources, packConfig);
  const count = (level: "mandatory" | "advisory") =>
    results
      .filter((result) => (result.level === "remediate" ? "mandatory" : result.level) === level)
      .reduce((sum, { violations }) => sum + violations.length, 0);
  console.log(table(results));
  for (const { rule, level, violations } of results) {
    for (const violation of violations) console.log(`\n${level}: ${rule.name}: ${violation}`);
  }
  console.log(
    `\n${stack}: ${resources.length} resources, ${rules.length} rules, ` +
      `${counted(count("mandatory"), "mandatory violation")}, ${counted(count("advisory"), "advisory violation")}`,
  );
  return count("mandatory") === 0 ? 0 : 1;
}

/** Returns the rules and their results as a table of text. */
function table(results: readonly Result[]): string {
  const rows = results.map(({ rule, level, violations }) => {
    const passed = violations.length === 0 ? "pass" : counted(violations.length, "violation");
    return [rule.name, level, rule.severity ?? "", level === "disabled" ? "off" : passed];
  });
  const lines = [["rule", "level", "severity", "result"], ["", "", "", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line, index) =>
    widths.map((width, column) => (line[column] ?? "").padEnd(width, index === 1 ? "-" : " ")),
  );
  return padded.map((cells) => cells.join("  ").trimEnd()).join("\n");
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
