import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { awsCall, awsOutputs, importedOutputs } from "./aws-outputs";
import { ROOT } from "./root";
import { UserError } from "./user-error";

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

/** What one run of the program registered and exported. */
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

/** The stacks that have a `Pulumi.<stack>.yaml` beside the program. */
export function stackNames(): string[] {
  return readdirSync(ROOT).flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? []);
}

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

  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom, id: importId }) => {
        const properties = inputs as Record<string, unknown>;
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
  const outputs = (await pulumi.runtime.runInPulumiStack(() => {
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
  })) as Record<string, unknown> | undefined;
  await settled(registered);
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
 * The stack's config as the CLI merges it, in the text that the program is given: the project's defaults, the stack file,
 * then the overrides.
 * @throws UserError for a stack without a file
 */
export function stackConfig(stack: string, overrides: Readonly<Record<string, unknown>>) {
  const stacks = stackNames();
  if (!stacks.includes(stack)) {
    throw new UserError(`there is no stack "${stack}": Pulumi.<stack>.yaml exists for ${stacks.join(", ")}`);
  }
  const project = readYaml("Pulumi.yaml") as { name: string; config?: Record<string, unknown> };
  const file = readYaml(`Pulumi.${stack}.yaml`) as { config?: Record<string, unknown> } | null;
  const values = new Map<string, unknown>();
  for (const [key, declaration] of Object.entries(project.config ?? {})) {
    const value = defaultOf(declaration);
    if (value !== undefined) values.set(key, value);
  }
  for (const source of [file?.config ?? {}, overrides]) {
    for (const [key, value] of Object.entries(source)) values.set(key.replace(`${project.name}:`, ""), value);
  }
  const config: Record<string, string> = {};
  for (const [key, value] of values) {
    config[key.includes(":") ? key : `${project.name}:${key}`] =
      typeof value === "string" ? value : JSON.stringify(value);
  }
  return { project: project.name, config };
}

function defaultOf(declaration: unknown): unknown {
  if (typeof declaration !== "object" || declaration === null) return declaration;
  return "default" in declaration ? declaration.default : "value" in declaration ? declaration.value : undefined;
}

function readYaml(file: string): unknown {
  return parse(readFileSync(path.join(ROOT, file), "utf8"));
}

/** Drops the program's modules from the cache, so that the next import runs it again. */
function forgetProgram(): void {
  for (const file of Object.keys(require.cache)) {
    const relative = path.relative(ROOT, file);
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

/** Waits until no resource has been registered for a whole turn of the runtime's queue. */
async function settled(registered: ReadonlyMap<string, unknown>): Promise<void> {
  for (let before = -1; before !== registered.size;) {
    before = registered.size;
    await pulumi.runtime.disconnect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
