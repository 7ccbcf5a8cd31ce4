import { readSettings } from "../../../functions/resizer/settings";
import type { Format } from "../../../functions/variant-key";
import { ofType } from "@image-resizer/local/declared";
import { type ProgramRun, runProgram, UserError } from "@image-resizer/lib/program";
import type { Architecture } from "../../../infra/packaging";

/** What of a stack's config decides its bill: read from what the program registers. */
export interface StackCaps {
  readonly stack: string;
  readonly sizes: readonly string[];
  readonly formats: readonly Format[];
  /** In MB, and in seconds. */
  readonly memorySize: number;
  readonly timeout: number;
  readonly architecture: Architecture;
  /** Requests a second that the API lets through, on average. */
  readonly rateLimit: number;
  /** The most that may run at once: the function's reserved concurrency, or the account's default of 1,000. */
  readonly concurrency: number;
  readonly concurrencyIsReserved: boolean;
}

/** (Lambda developer guide, "Lambda quotas") */
const ACCOUNT_CONCURRENCY = 1000;

/**
 * Runs the program of a stack and reads its caps.
 * @throws UserError for an unknown stack, or one without an allow-list
 */
export async function readCaps(stack: string): Promise<StackCaps> {
  const { resources } = await runProgram({ stack });
  const lambda = inputsOf(resources, "aws:lambda/function:Function", (inputs) => {
    const { variables } = (inputs.environment ?? {}) as { variables?: Record<string, string> };
    return variables?.SETTINGS?.includes('"maxInputPixels"') ?? false;
  });
  const stage = inputsOf(resources, "aws:apigatewayv2/stage:Stage", () => true);
  const { variables } = lambda.environment as { variables: Record<string, string> };
  const { sizes, formats } = readSettings(variables).allowList;
  if (sizes === "any") {
    throw new UserError(`the stack ${stack} allows unlisted sizes: its bill has no bound`);
  }
  const reserved = Number(lambda.reservedConcurrentExecutions ?? -1);
  const throttle = stage.defaultRouteSettings as { throttlingRateLimit: number };
  return {
    stack,
    sizes,
    formats,
    memorySize: Number(lambda.memorySize),
    timeout: Number(lambda.timeout),
    architecture: (lambda.architectures as readonly Architecture[])[0] ?? "x86_64",
    rateLimit: throttle.throttlingRateLimit,
    concurrency: reserved >= 0 ? reserved : ACCOUNT_CONCURRENCY,
    concurrencyIsReserved: reserved >= 0,
  };
}

type Inputs = Readonly<Record<string, unknown>>;

function inputsOf(resources: ProgramRun["resources"], type: string, is: (inputs: Inputs) => boolean): Inputs {
  const found = ofType(resources, type).find(({ inputs }) => is(inputs));
  if (!found) throw new Error(`the program registers no ${type} that makes variants`);
  return found.inputs;
}
