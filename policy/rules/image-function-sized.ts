import { packageArchitectures } from "../lib/package-architecture";
import { type Report, resourceRule } from "../lib/rule";
import { type ConfigValues, wholeNumber, words } from "../lib/rule-config";
import { isResizer } from "../lib/settings";
import { isAbsent, listOf, propertyOf, shown, type Json } from "../lib/values";

const FUNCTION = "aws:lambda/function:Function";

/** Lambda's defaults. */
const DEFAULT_MEMORY_MB = 128;
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_ARCHITECTURE = "x86_64";

const CONFIG = {
  minMemoryMb: wholeNumber(1024, "Least memory that decodes and resizes the largest originals, in MB"),
  minTimeoutSeconds: wholeNumber(15, "Least timeout, in seconds: the time that one variant may take"),
  maxTimeoutSeconds: wholeNumber(29, "Longest timeout, in seconds: an HTTP API waits for 30"),
  runtimes: words(
    [
      ...["nodejs22.x", "nodejs24.x", "python3.11", "python3.12", "python3.13", "python3.14"],
      ...[
        "java8.al2",
        "java11",
        "java17",
        "java21",
        "java25",
        "dotnet8",
        "dotnet10",
        "ruby3.3",
        "ruby3.4",
        "provided.al2023",
      ],
    ],
    "Runtimes that AWS supports",
  ),
};

/** A function that resizes images has the memory, the time and the package for it. */
export const imageFunctionSized = resourceRule(
  {
    name: "image-function-sized",
    description: "An image function has the memory, the time, the architecture and the runtime that images need.",
    severity: "medium",
    enforcementLevel: "mandatory",
    remediationSteps: "Set memorySize to 1024 or more, timeout to 15 to 29, and the architecture of the package.",
  },
  [FUNCTION],
  CONFIG,
  async ({ props }, report, config) => {
    if (isResizer(props)) checkSize(props, report, config);
    checkRuntime(props, report, config);
    await checkArchitecture(props, report);
  },
);

function checkSize(props: Json, report: Report, config: ConfigValues<typeof CONFIG>): void {
  const memory = propertyOf(props, "memorySize") ?? DEFAULT_MEMORY_MB;
  if (typeof memory !== "number" || !(memory >= config.minMemoryMb)) {
    report(
      `memorySize is ${shown(memory)} MB, and a large original needs ${config.minMemoryMb}`,
      `Set memorySize to ${config.minMemoryMb} or more`,
    );
  }
  const timeout = propertyOf(props, "timeout") ?? DEFAULT_TIMEOUT_SECONDS;
  const { minTimeoutSeconds: least, maxTimeoutSeconds: most } = config;
  if (typeof timeout !== "number" || !(timeout >= least && timeout <= most)) {
    report(
      `timeout is ${shown(timeout)} s, but a variant may take ${least} and the API waits for 30`,
      `Set timeout to ${least} to ${most}`,
    );
  }
}

function checkRuntime(props: Json, report: Report, { runtimes }: ConfigValues<typeof CONFIG>): void {
  // A container image has its own.
  if (propertyOf(props, "packageType") === "Image") return;
  const runtime = propertyOf(props, "runtime");
  if (typeof runtime === "string" && runtimes.includes(runtime)) return;
  report(
    isAbsent(runtime) ? "has no runtime" : `the runtime ${shown(runtime)} is not supported by AWS`,
    `Use one of ${runtimes.join(", ")}`,
  );
}

async function checkArchitecture(props: Json, report: Report): Promise<void> {
  const value = propertyOf(props, "architectures");
  const architectures = isAbsent(value) ? [DEFAULT_ARCHITECTURE] : listOf(value);
  const [architecture] = architectures;
  if (architectures.length !== 1 || (architecture !== "arm64" && architecture !== "x86_64")) {
    report(`architectures is ${shown(value)}`, "Set one: arm64 or x86_64");
    return;
  }
  const packed = [...(await packageArchitectures(propertyOf(props, "code")))];
  if (packed.some((one) => one !== architecture)) {
    report(
      `runs on ${architecture}, but its package is for ${packed.join(" and ")}, so native libraries do not load`,
      "Derive the package and the function's architectures from one constant",
    );
  }
}
