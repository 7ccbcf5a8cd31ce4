// `npm run memory`: resizes the largest originals that a stack accepts to its largest size, in the deployable function
// with the declared memory as a hard limit.
import { createRequire } from "node:module";
import { defineCommand, runCommand } from "@image-resizer/lib/cli";

const load = createRequire(__filename);
const limit = (description: string, max: number) => ({ type: "integer" as const, min: 1, max, description });

const command = defineCommand({
  name: "npm run memory",
  summary: "Measures the memory of the deployable function with the largest originals that a stack accepts.",
  options: {
    pixels: limit("Pixels of an original. Default: maxInputPixels of the stack dev.", 1e9),
    bytes: limit("Bytes of an original. Default: its maxInputBytes.", 1e10),
    megabytes: limit("Memory of the function. Default: its memorySize.", 10_240),
  },
  run: (values) => {
    const { measureMemory } = load("../support/measure-memory") as typeof import("../support/measure-memory");
    return measureMemory(values);
  },
});

runCommand(command);
