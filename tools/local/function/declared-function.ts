import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { inputsOf, outputOf, unserved } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

/** A handler such as `index.handler`, as a file on this machine. */
export interface HandlerFile {
  readonly file: string;
  readonly exportName: string;
}

/** A Lambda function as the program declares it. */
export interface DeclaredFunction {
  readonly name: string;
  readonly arn: string;
  readonly invokeArn: string;
  readonly roleArn: string;
  readonly handler: HandlerFile;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutS: number;
  readonly memoryMb: number;
  /** Number of requests that the function may have at once, waiting ones included. */
  readonly concurrency: number;
}

/** Concurrency of a function that reserves none, which -1 stands for. (Lambda quotas) */
const ACCOUNT_CONCURRENCY = 1000;

/** With AWS's defaults. (Lambda API reference, CreateFunction) */
const FunctionInputs = z.looseObject({
  ...unserved("layers", "imageUri", "s3Bucket", "vpcConfig"),
  code: z.unknown(),
  handler: z.string(),
  runtime: z.string().startsWith("nodejs"),
  role: z.string(),
  environment: z.object({ variables: z.record(z.string(), z.string()).default({}) }).prefault({}),
  timeout: z.number().default(3),
  memorySize: z.number().default(128),
  reservedConcurrentExecutions: z.number().default(-1),
});

/**
 * Reads a declared function.
 * @throws UserError for a function that Lambda would reject or that cannot run here
 */
export async function readFunction(resource: RegisteredResource): Promise<DeclaredFunction> {
  const inputs = inputsOf(resource, FunctionInputs);
  const owner = `the function "${resource.name}"`;
  const { variables } = inputs.environment;
  const reserved = Object.keys(variables).filter((name) => /^(AWS|LAMBDA)?_/.test(name));
  if (reserved.length > 0) {
    throw new UserError(
      `${owner} declares ${reserved.join(", ")} in its environment: names that begin with AWS_, LAMBDA_ or _ are Lambda's`,
    );
  }
  const { reservedConcurrentExecutions: concurrency } = inputs;
  return {
    name: outputOf(resource, "name"),
    arn: outputOf(resource, "arn"),
    invokeArn: outputOf(resource, "invokeArn"),
    roleArn: inputs.role,
    handler: await findHandler(inputs.code as AssetLike, inputs.handler, owner),
    variables,
    timeoutS: inputs.timeout,
    memoryMb: inputs.memorySize,
    concurrency: concurrency === -1 ? ACCOUNT_CONCURRENCY : concurrency,
  };
}

/** A Pulumi asset or archive: a path on this machine, or parts by name. */
interface AssetLike {
  readonly path?: Promise<string>;
  readonly assets?: Promise<Readonly<Record<string, AssetLike>>>;
}

/**
 * Finds the file of a handler (`folder/index.handler`) in the archive that the program deploys: the function runs from
 * the very files that would be packed.
 * @throws UserError if the archive has no such file
 */
async function findHandler(archive: AssetLike, handler: string, owner: string): Promise<HandlerFile> {
  const dot = handler.lastIndexOf(".");
  const module = handler.slice(0, dot);
  for (const extension of ["js", "mjs", "cjs"]) {
    const file = await fileIn(archive, `${module}.${extension}`);
    if (file !== undefined && existsSync(file)) return { file: path.resolve(file), exportName: handler.slice(dot + 1) };
  }
  throw new UserError(`the package of ${owner} has no ${module}.js, .mjs or .cjs for its handler "${handler}"`);
}

async function fileIn(archive: AssetLike | undefined, name: string): Promise<string | undefined> {
  const folder = await archive?.path;
  if (folder !== undefined) return path.join(folder, name);
  for (const [key, asset] of Object.entries((await archive?.assets) ?? {})) {
    const below = path.posix.relative(key, name);
    if (below === "") return asset.path;
    if (!below.startsWith("../")) return fileIn(asset, below);
  }
  return undefined;
}
