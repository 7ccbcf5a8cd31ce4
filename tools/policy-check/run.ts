import { runProgram } from "@image-resizer/lib/program";
import { rules } from "../../policy/rules";
import { checkStack } from "./check-stack";
import { readPackConfig } from "./pack-config";
import { count, table, violations } from "./table";

/** Prints the results of every rule for a stack. Returns the exit code. */
export async function run(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  packConfigFile: string | undefined,
): Promise<number> {
  const packConfig = packConfigFile === undefined ? {} : readPackConfig(packConfigFile, rules);
  const { resources } = await runProgram({ stack, config });
  const results = await checkStack(rules, resources, packConfig);
  const mandatory = count(results, "mandatory");
  console.log(table(results));
  console.log(
    `\n${stack}: ${resources.length} resources, ${rules.length} rules, ` +
      `${violations(mandatory, "mandatory")}, ${violations(count(results, "advisory"), "advisory")}`,
  );
  return mandatory === 0 ? 0 : 1;
}
