import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import "./light-pulumi";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { awsCall, awsOutputs, importedOutputs, withAutoName } from "./aws-outputs";
import { ROOT } from "./root";
import { stackConfig } from "./stack-config";
import { UserError } from "./user-error";

export { stackConfig, stackNames } from "./stack-config";
export { UserError };

/** One resource that the program registered. */
export interface RegisteredResource {
  /** Pulumi type token, e.g. `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  /** The arguments as the engine would get them: plain values, camelCase keys. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs and computed properties (ids, ARNs, host names) together. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The resource's id; empty for components. */
  readonly id: string;
  /** The options that decide order and life time. */
  readonly options: {
    readonly parent?: string;
    readonly dependsOn: readonly string[];
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly import?: string;
    readonly ignoreChanges?: readonly string[];
    readonly provider?: string;
  };
}

/** Resources and outputs of one run of the program. */
export interface ProgramRun {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
  readonly resources: readonly RegisteredResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface ProgramOptions {
  readonly stack: string;
  /** Config over the stack file's, as `pulumi up -c` sets it; bare keys are the project's own. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Run as a preview: computed properties are unknown. Default false. */
  readonly preview?: boolean;
}

/** The account that the local stack plays: AWS's own example account. */
export const LOCAL_ACCOUNT_ID = "123456789012";
const DEFAULT_REGION = "us-east-1";
const load = createRequire(__filename);

/**
 * Runs the program (`index.ts`) of a stack in this process under Pulumi's mocks and returns what it registered.
 * One run at a time: the mocks are the process's own.
 * @throws UserError for a stack without a file; the program's own error for a bad config.
 */
export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
  const { project, config } = stackConfig(options.stack, options.config ?? {});
  const region = config["aws:region"] ?? DEFAULT_REGION;
  const context = { accountId: LOCAL_ACCOUNT_ID, region };
  const registered = new Map<string, Omit<RegisteredResource, "options">>();
  const optionsOf = new Map<string, RegisteredResource["options"]>();
  const nameOf = new Map<pulumi.Resource, string>();

  // The mocks say that they know transforms, and lack the call. Transforms are for awsx's own resources, which they lack, too.
  const registerStackTransform = (_request: unknown, done: (error: null) => void) => {
    done(null);
  };
  Object.assign(MockMonitor.prototype, { registerStackTransform });
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom, id: importId }) => {
        const properties = withAutoName(type, name, inputs as Record<string, unknown>);
        const outputs =
          custom === false
            ? {}
            : { ...awsOutputs(type, name, properties, context), ...(importId ? importedOutputs(type, name) : {}) };
        const id = typeof outputs.id === "string" ? outputs.id : "";
        registered.set(`${type}::${name}`, {
          type,
          name,
          inputs: properties,
          outputs: { ...properties, ...outputs },
          id,
        });
        return options.preview ? { id: undefined, state: properties } : { id, state: { ...properties, ...outputs } };
      },
      call: ({ token }) => awsCall(token, context),
    },
    project,
    options.stack,
    options.preview ?? false,
  );
  pulumi.runtime.setAllConfig({ ...config, "aws:region": region });
  forgetProgram();

  const failure: { error?: unknown } = {};
  const outputs = await withoutTraces(async () => {
    const exported = await pulumi.runtime.runInPulumiStack(() => {
      // Mocks are not told a resource's options; an in-process transformation is.
      pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
        nameOf.set(resource, name);
        optionsOf.set(`${type}::${name}`, describeOptions(opts, nameOf));
        return undefined;
      });
      try {
        return Promise.resolve({ ...(load(path.join(ROOT, "index.ts")) as Record<string, unknown>) });
      } catch (error) {
        // Thrown in here it would also end up as an unhandled rejection of the runtime's.
        failure.error = error;
        return Promise.resolve({});
      }
    });
    await unlessRejected(settled(optionsOf, registered));
    return exported;
  });
  if ("error" in failure) throw failure.error;

  return {
    project,
    stack: options.stack,
    region,
    accountId: LOCAL_ACCOUNT_ID,
    outputs: outputs ?? {},
    resources: [...registered.entries()].map(([key, resource]) => ({
      ...resource,
      options: optionsOf.get(key) ?? { dependsOn: [], protect: false, retainOnDelete: false },
    })),
  };
}

/**
 * Does `work` without writing out the stack traces that Pulumi notes with every promise, which is a third of a run's time. That of
 * an error is written when it is asked for, which is later.
 */
async function withoutTraces<T>(work: () => Promise<T>): Promise<T> {
  const before: unknown = Reflect.get(Error, "prepareStackTrace");
  Error.prepareStackTrace = String;
  try {
    return await work();
  } finally {
    Object.assign(Error, { prepareStackTrace: before });
  }
}

/** Folders of what goes into the functions' packages, and the versions of their files at the last run. */
const PACKAGED = [path.join("infra", "packaging"), "functions"];
let packaged: readonly string[] = [];

/**
 * Drops the program's modules from the cache, so that the next import runs it again. Packaging stays, with what it has built,
 * until a file of a package changes.
 */
function forgetProgram(): void {
  const versions = PACKAGED.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => {
      const whole = path.join(ROOT, folder, file);
      return `${whole} ${statSync(whole).mtimeMs}`;
    }),
  );
  const isPackaged = isDeepStrictEqual(versions, packaged);
  packaged = versions;
  for (const file of Object.keys(require.cache)) {
    const relative = path.relative(ROOT, file);
    if (isPackaged && relative.startsWith(`${PACKAGED[0]}${path.sep}`)) continue;
    if (relative === "index.ts" || relative.startsWith(`infra${path.sep}`)) Reflect.deleteProperty(require.cache, file);
  }
}

function describeOptions(
  opts: pulumi.CustomResourceOptions,
  nameOf: ReadonlyMap<pulumi.Resource, string>,
): RegisteredResource["options"] {
  const dependsOn = Array.isArray(opts.dependsOn)
    ? (opts.dependsOn as unknown[])
    : opts.dependsOn
      ? [opts.dependsOn]
      : [];
  const parent = opts.parent && nameOf.get(opts.parent);
  const provider = opts.provider && nameOf.get(opts.provider);
  return {
    dependsOn: dependsOn.flatMap((on) => (pulumi.Resource.isInstance(on) ? (nameOf.get(on) ?? []) : [])),
    protect: opts.protect ?? false,
    retainOnDelete: opts.retainOnDelete ?? false,
    ...(parent === undefined ? {} : { parent }),
    ...(provider === undefined ? {} : { provider }),
    ...(typeof opts.import === "string" ? { import: opts.import } : {}),
    ...(opts.ignoreChanges === undefined ? {} : { ignoreChanges: opts.ignoreChanges }),
  };
}

/**
 * Returns the result of `work` unless a promise is rejected that nothing handles: so the runtime reports a resource's argument
 * that could not be computed, such as a package that could not be built, and then waits for it for ever.
 */
async function unlessRejected<T>(work: Promise<T>): Promise<T> {
  let report: (reason: unknown) => void = () => undefined;
  const rejected = new Promise<never>((_resolve, reject) => {
    report = reject;
  });
  process.on("unhandledRejection", report);
  try {
    return await Promise.race([work, rejected]);
  } finally {
    process.off("unhandledRejection", report);
  }
}

/** Time between two looks at what is registered, in milliseconds: other work of the program goes on meanwhile. */
const POLL_MS = 5;

/**
 * Waits until every resource that the program constructed is registered, and no more follow. Some wait for values of others, or
 * for a package, and the runtime has nothing under way meanwhile.
 */
async function settled(constructed: ReadonlyMap<string, unknown>, registered: ReadonlyMap<string, unknown>) {
  const isWaiting = () => [...constructed.keys()].some((key) => !registered.has(key));
  for (let before = -1; before !== registered.size || isWaiting();) {
    before = registered.size;
    await pulumi.runtime.disconnect();
    await delay(POLL_MS);
  }
}
