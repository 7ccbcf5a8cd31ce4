import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "./root";
import { UserError } from "./user-error";

/** The Pulumi CLI that npm downloads if none is installed. The docs name the same version. */
export const PULUMI_VERSION = "3.265.0";

const run = promisify(execFile);

/**
 * Returns the outputs of a deployed stack, by the Pulumi CLI on the PATH or, without one, by npm's.
 * @param env Environment of the CLI.
 * @throws UserError with the error of the CLI
 */
export async function pulumiOutputs(stack: string, env: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const args = ["stack", "output", "--json", "--stack", stack];
  const output =
    (await stdoutOf("pulumi", args, env)) ??
    (await stdoutOf("npx", ["--yes", `pulumi@${PULUMI_VERSION}`, ...args], env));
  if (output === undefined)
    throw new UserError("neither pulumi nor npx is on the PATH: one of them must read the stack");
  try {
    return JSON.parse(output);
  } catch {
    throw new UserError(`pulumi stack output --stack ${stack} did not print JSON`);
  }
}

/** Returns the output of a command; undefined if there is no such command. */
async function stdoutOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return (await run(command, args, { cwd: ROOT, env })).stdout;
  } catch (error) {
    const { code, message, stderr = "" } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === "ENOENT") return undefined;
    const lines = stderr.split("\n").filter((line) => line.trim() !== "");
    const reason = lines.find((line) => line.startsWith("error:")) ?? lines.at(-1) ?? message;
    throw new UserError(`${[command, ...args].join(" ")} failed: ${reason}`);
  }
}
