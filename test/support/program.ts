import assert from "node:assert/strict";
import { type ProgramOptions, type ProgramRun, type RegisteredResource, runProgram } from "../../local/program";

export const ACCOUNT = "123456789012";

/** A run's resources, found by type or name; each look-up fails where the answer is not exactly one. */
export class Registered {
  constructor(readonly run: ProgramRun) {}

  /** Every resource of a type, given without its module: `Bucket`, `Permission`. */
  all(type: string): RegisteredResource[] {
    return this.run.resources.filter((resource) => resource.type.endsWith(`:${type}`));
  }

  one(type: string): RegisteredResource {
    const found = this.all(type);
    assert.equal(found.length, 1, `${found.length} resources of type ${type}`);
    return found[0]!;
  }

  named(type: string, name: string): RegisteredResource {
    const found = this.all(type).filter((resource) => resource.name === name);
    assert.equal(found.length, 1, `${found.length} resources of type ${type} named ${name}`);
    return found[0]!;
  }
}

/** Runs the program under mocks. */
export async function register(options: ProgramOptions): Promise<Registered> {
  return new Registered(await runProgram(options));
}
