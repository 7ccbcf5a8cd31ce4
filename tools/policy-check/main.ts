// `npm run policy`: the pack against what the program registers, with no AWS account and no CLI of Pulumi's.
import { RunError } from "@pulumi/pulumi";
import { runProgram, UserError } from "@image-resizer/lib/program";
import { rules } from "../../policy/rules";
import { readArguments } from "./arguments";
import { evaluate } from "./evaluate";
import { readPackConfig } from "./pack-config";
import { advisoryCount, mandatoryCount, table, violations } from "./table";

/** Prints what the rules say of a stack. Answers whether no mandatory rule is violated. */
async function main(argv: readonly string[]): Promise<boolean> {
  const { stack, config, packConfig } = readArguments(argv);
  const settings = packConfig === undefined ? {} : readPackConfig(packConfig, rules);
  const { resources } = await runProgram({ stack, config });
  const verdicts = await evaluate(rules, resources, settings);
  const mandatory = mandatoryCount(verdicts);
  console.log(table(verdicts));
  console.log(
    `\n${stack}: ${resources.length} resources, ${rules.length} rules, ` +
      `${violations(mandatory, "mandatory")}, ${violations(advisoryCount(verdicts), "advisory")}`,
  );
  return mandatory === 0;
}

/** A mistake of the person's, here or in the stack's config: its message says all there is to say. */
function isUsersMistake(error: unknown): error is Error {
  return error instanceof UserError || RunError.isInstance(error);
}

main(process.argv.slice(2)).then(
  (passed) => {
    process.exitCode = passed ? 0 : 1;
  },
  (error: unknown) => {
    console.error(isUsersMistake(error) ? error.message : error);
    process.exitCode = 1;
  },
);
