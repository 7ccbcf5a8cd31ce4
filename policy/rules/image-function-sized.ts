import { globMatches } from "../kit/glob";
import { isAbsent, listOf, propertyOf, shown, type Json } from "../kit/json";
import { packageArchitectures } from "../kit/package-architecture";
import { type Report, resourceRule } from "../kit/rule";
import { type Settings, wholeNumber, words } from "../kit/tunables";

const FUNCTION = "aws:lambda/function:Function";

/** What Lambda takes where a function says nothing. */
const DEFAULT_MEMORY_MB = 128;
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_ARCHITECTURE = "x86_64";

const TUNABLES = {
  minMemoryMb: wholeNumber(1024, "The least memory that decodes and resizes the largest originals, in MB"),
  minTimeoutSeconds: wholeNumber(15, "The least time that one variant may take, in seconds"),
  maxTimeoutSeconds: wholeNumber(29, "The longest timeout, in seconds: an HTTP API waits for 30"),
  runtimes: words(
    [
      "nodejs22.x",
      "nodejs24.x",
      "python3.12",
      "python3.13",
      "python3.14",
      "java21",
      "java25",
      "dotnet10",
      "ruby3.4",
      "provided.al2023",
    ],
    "The runtimes that AWS still supports",
  ),
  otherFunctions: words(
    ["purge"],
    "Names of functions that make no images, whose memory and timeout are free; `*` stands for any text",
  ),
};

/** A function that makes images has the memory and time for it, and runs what it was packed for. */
export const imageFunctionSized = resourceRule(
  {
    name: "image-function-sized",
    description: "An image function has the memory, the time, the architecture and the runtime that images need.",
    severity: "medium",
    enforcementLevel: "mandatory",
    remediationSteps: "Set memorySize to 1024 or more, timeout to 15 to 29, and the architecture of the package.",
  },
  [FUNCTION],
  TUNABLES,
  async (resource, report, settings) => {
    const { props, name } = resource;
    if (!settings.otherFunctions.some((pattern) => globMatches(pattern, name))) judgeSize(props, report, settings);
    judgeRuntime(props, report, settings);
    await judgeArchitecture(props, report);
  },
);

function judgeSize(props: Json, report: Report, settings: Settings<typeof TUNABLES>): void {
  const memory = propertyOf(props, "memorySize") ?? DEFAULT_MEMORY_MB;
  if (typeof memory !== "number" || !(memory >= settings.minMemoryMb)) {
    report(
      `memorySize is ${shown(memory)} MB, and a large original needs ${settings.minMemoryMb}`,
      `Set memorySize to ${settings.minMemoryMb} or more`,
    );
  }
  const timeout = propertyOf(props, "timeout") ?? DEFAULT_TIMEOUT_SECONDS;
  const { minTimeoutSeconds: least, maxTimeoutSeconds: most } = settings;
  if (typeof timeout !== "number" || !(timeout >= least && timeout <= most)) {
    report(
      `timeout is ${shown(timeout)} s: a variant may take ${least}, and the API gives up after 30`,
      `Set timeout to ${least} to ${most}`,
    );
  }
}

function judgeRuntime(props: Json, report: Report, { runtimes }: Settings<typeof TUNABLES>): void {
  // A container image brings its own.
  if (propertyOf(props, "packageType") === "Image") return;
  const runtime = propertyOf(props, "runtime");
  if (typeof runtime === "string" && runtimes.includes(runtime)) return;
  report(
    isAbsent(runtime) ? "has no runtime" : `the runtime ${shown(runtime)} is not supported`,
    `Use one of ${runtimes.join(", ")}`,
  );
}

async function judgeArchitecture(props: Json, report: Report): Promise<void> {
  const given = propertyOf(props, "architectures");
  const architectures = isAbsent(given) ? [DEFAULT_ARCHITECTURE] : listOf(given);
  const [architecture] = architectures;
  if (architectures.length !== 1 || (architecture !== "arm64" && architecture !== "x86_64")) {
    report(`architectures is ${shown(given)}`, "Give one: arm64 or x86_64");
    return;
  }
  const packed = [...(await packageArchitectures(propertyOf(props, "code")))];
  if (packed.some((one) => one !== architecture)) {
    report(
      `runs on ${architecture}, and its package is for ${packed.join(" and ")}: native libraries will not load`,
      "Derive the package and the function's architectures from one constant",
    );
  }
}
