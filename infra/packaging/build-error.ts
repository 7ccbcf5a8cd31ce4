import { RunError } from "@pulumi/pulumi";

/** A package that could not be built: it stops the deployment, with the reason and without a stack trace. */
export class BuildError extends RunError {
  constructor(what: string, cause: unknown) {
    super(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
