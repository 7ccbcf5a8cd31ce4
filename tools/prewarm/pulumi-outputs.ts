import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "@image-resizer/lib/user-error";
import { ROOT } from "@image-resizer/lib/root";

/** The Pulumi CLI that npm downloads where none is installed: the README's. */
export const PULUMI_VERSION = "3.265.0";

const run = promisify(execFile);

/**
 * The outputs of a deployed stack, by the Pulumi CLI on the PATH or, where there is none, by npm's.
 * @param env the environment that the CLI runs in
 * @throws UserError with what the CLI says is wrong
 */
export async function pulumiOutputs(stack: string, env: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const ask = ["stack", "output", "--json", "--stack", stack];
  const output =
    (await stdoutOf("pulumi", ask, env)) ?? (await stdoutOf("npx", ["--yes", `pulumi@${PULUMI_VERSION}`, ...ask], env));
  if (output === undefined) throw new UserError("neither pulumi nor npx is on the PATH: one of them reads the stack");
  try {
    return JSON.parse(output);
  } catch {
    throw new UserError(`pulumi stack output --stack ${stack} has printed no JSON`);
  }
}

/** What a command prints; undefined where there is no such command. */
async function stdoutOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return (await run(command, args, { cwd: ROOT, env })).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === "ENOENT") return undefined;
    throw new UserError(`${[command, ...args].join(" ")} failed: ${reasonIn(stderr) ?? (error as Error).message}`);
  }
}

/** The CLI's own word for what is wrong, among what else it says. */
function reasonIn(stderr: string): string | undefined {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => line.startsWith("error:")) ?? lines.at(-1);
}
