import { readFileSync } from "node:fs";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { importedOutputs } from "@image-resizer/lib/aws-outputs";
import { type ProgramOptions, runProgram } from "@image-resizer/lib/program";
import type { WireResource } from "./analyzer-client";

/** The engine's marker of a text that a preview does not know yet (`@pulumi/policy` and the SDK have the same). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A preview as an engine sees it. */
export interface Preview {
  /** Resources as they are asked for: what a rule on resources sees. */
  readonly inputs: readonly WireResource[];
  /** The same with their computed properties, all of them unknown: what a rule on the stack sees. */
  readonly outputs: readonly WireResource[];
}

type Register = MockMonitor["registerResource"];

/**
 * Previews the program and records what the SDK sends to the engine, in its own form: unknown values as their markers,
 * and with each property the resources that it depends on.
 */
export async function preview(options: Omit<ProgramOptions, "preview">): Promise<Preview> {
  const requests: RegisterResourceRequest[] = [];
  // The program's runner keeps neither; the mocks' monitor is where the SDK's own requests arrive.
  // oxlint-disable-next-line typescript/unbound-method -- called with `this` below
  const register = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = function (this: MockMonitor, ...[request, done]: Parameters<Register>) {
    requests.push(request as RegisterResourceRequest);
    return register.call(this, request, done);
  } as Register;
  try {
    await runProgram({ ...options, preview: true });
  } finally {
    MockMonitor.prototype.registerResource = register;
  }
  const custom = requests.filter((request) => request.getCustom());
  return {
    inputs: custom.map(asWire),
    outputs: custom.map((request) => {
      const resource = asWire(request);
      const { type, name } = resource;
      // An import reads what is there in a preview, too.
      const read = request.getImportid() === "" ? {} : importedOutputs(type, name);
      return { ...resource, properties: { ...computedProperties(type), ...resource.properties, ...read } };
    }),
  };
}

/**
 * Every property that the provider's class of a type has, each unknown. A preview knows what the program gives; of the
 * rest this is the worst case: all of it computed when the resource is made.
 */
function computedProperties(type: string): Readonly<Record<string, unknown>> {
  const [, modulePath = ""] = type.split(":");
  const source = readFileSync(require.resolve(`@pulumi/aws/${modulePath}`), "utf8");
  const names = [...source.matchAll(/resourceInputs\["(\w+)"\]/g)].map(([, name = ""]) => name);
  return Object.fromEntries(["id", ...names].map((name) => [name, UNKNOWN]));
}

function asWire(request: RegisterResourceRequest): WireResource {
  const [type, name] = [request.getType(), request.getName()];
  const dependencies = [...request.getPropertydependenciesMap().entries()];
  return {
    urn: urnOf(request.getParent(), type, name),
    type,
    name,
    properties: request.getObject()?.toJavaScript() ?? {},
    ignoreChanges: request.getIgnorechangesList(),
    propertyDependencies: Object.fromEntries(dependencies.map(([property, on]) => [property, on.getUrnsList()])),
  };
}

/** As the mocks name a resource, and so the dependencies on it. */
function urnOf(parent: string, type: string, name: string): string {
  const [, , parentType = ""] = parent.split("::");
  const [prefix = "urn:pulumi:stack", project = "project"] = parent.split("::");
  return [prefix, project, parent === "" ? type : `${parentType.split("$").at(-1) ?? ""}$${type}`, name].join("::");
}
