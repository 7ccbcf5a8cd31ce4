import type { EncoderSettings } from "../../../functions/resizer/encode";
import { readSettings } from "../../../functions/resizer/settings";
import { ofType } from "@image-resizer/local/declared";
import { runProgram } from "@image-resizer/lib/program";
import type { Encoding } from "./price";

/** The stack that sets neither qualities nor efforts nor memory. */
const STACK = "dev";

/** How a stack encodes, and in what, that sets nothing of it. */
export interface Defaults {
  readonly settings: EncoderSettings;
  readonly encoding: Encoding;
}

/** Reads them from what the program registers. */
export async function readDefaults(): Promise<Defaults> {
  const { resources } = await runProgram({ stack: STACK });
  for (const { inputs } of ofType(resources, "aws:lambda/function:Function")) {
    const { variables } = (inputs.environment ?? {}) as { variables?: Record<string, string> };
    if (!variables?.SETTINGS?.includes('"maxInputPixels"')) continue;
    const [architecture] = inputs.architectures as readonly Encoding["architecture"][];
    return {
      settings: readSettings(variables),
      encoding: { memorySize: Number(inputs.memorySize), architecture: architecture ?? "x86_64" },
    };
  }
  throw new Error(`the program of the stack ${STACK} registers no function that makes variants`);
}
