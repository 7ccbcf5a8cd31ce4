import assert from "node:assert/strict";
import { type ProgramOptions, type ProgramRun, type RegisteredResource, runProgram } from "@image-resizer/lib/program";

const EDGE_FUNCTION = "aws:cloudfront/function:Function";

/** A run's resources, found by type or name; each look-up fails where the answer is not exactly one. */
export class Registered {
  constructor(readonly run: ProgramRun) {}

  /** Every resource of a type, given without its module: `Bucket`, `Permission`. `Function` is Lambda's. */
  all(type: string): RegisteredResource[] {
    return this.run.resources.filter((it) => it.type.endsWith(`:${type}`) && it.type !== EDGE_FUNCTION);
  }

  /** CloudFront's functions. */
  get edgeFunctions(): RegisteredResource[] {
    return this.run.resources.filter(({ type }) => type === EDGE_FUNCTION);
  }

  one(type: string): RegisteredResource {
    const found = this.all(type);
    return only(found, `of type ${type}`);
  }

  named(type: string, name: string): RegisteredResource {
    const found = this.all(type).filter((resource) => resource.name === name);
    return only(found, `of type ${type} named ${name}`);
  }
}

function only(found: readonly RegisteredResource[], what: string): RegisteredResource {
  const [resource] = found;
  assert.ok(resource && found.length === 1, `${found.length} resources ${what}`);
  return resource;
}

const runs = new Map<string, Promise<ProgramRun>>();

/** Runs the program under mocks, once for the same options in a process. */
export async function register(options: ProgramOptions): Promise<Registered> {
  const key = JSON.stringify(options);
  const run = runs.get(key) ?? runWithShortStacks(options);
  runs.set(key, run);
  return new Registered(await run);
}

/** Pulumi keeps a stack trace of every promise, and mapping their lines to the sources takes half of a run's time. */
async function runWithShortStacks(options: ProgramOptions): Promise<ProgramRun> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  try {
    return await runProgram(options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
