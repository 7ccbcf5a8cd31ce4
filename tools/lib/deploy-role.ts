// `npm run deploy-role -- --stack prod --account 123456789012`: the policy of a role that may deploy one stack.
import { createRequire } from "node:module";
import { defineCommand, runCommand } from "./cli";

const load = createRequire(__filename);

const command = defineCommand({
  name: "npm run deploy-role",
  summary: "Prints the IAM policy of a role that may deploy a stack, and nothing but it.",
  options: {
    stack: { type: "string", required: true, placeholder: "NAME", description: "The stack." },
    account: {
      type: "string",
      required: true,
      placeholder: "ID",
      description: "The AWS account that it is deployed to.",
      validate: (account: string) => (/^\d{12}$/.test(account) ? undefined : "12 digits"),
    },
  },
  run: async ({ stack, account }) => {
    const { deployPolicy } = load("./deploy-policy") as typeof import("./deploy-policy");
    const { runProgram } = load("./program") as typeof import("./program");
    process.stdout.write(`${JSON.stringify(deployPolicy(await runProgram({ stack }), account), null, 2)}\n`);
    return 0;
  },
});

runCommand(command);
