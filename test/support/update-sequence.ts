import { isDeepStrictEqual } from "node:util";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type ProgramOptions, runProgram } from "@image-resizer/lib/program";

/** A resource as the engine is asked for it. */
interface Requested {
  /** `Distribution cdn`. */
  readonly label: string;
  readonly custom: boolean;
  readonly inputs: unknown;
  readonly retainOnDelete: boolean;
  /** URNs of what the engine waits for before it is registered: what the resource or a parent of it depends on. */
  readonly waitsFor: readonly string[];
}

/**
 * Steps of an update, such as `update Distribution cdn`, each with those that it waits for itself. Deletions are last, when
 * all the rest has ended; what is retained is forgotten rather than deleted.
 */
export type UpdateSequence = Readonly<Record<string, readonly string[]>>;

/** Returns the steps by which the engine changes a stack from one config to another. */
export async function updateSequence(before: ProgramOptions, after: ProgramOptions): Promise<UpdateSequence> {
  const old = await request(before);
  const wanted = await request(after);
  const steps = new Map<string, string>();
  for (const [urn, { label, custom, inputs }] of wanted) {
    const verb = old.has(urn) ? "update" : "create";
    if (custom && !isDeepStrictEqual(old.get(urn)?.inputs, inputs)) steps.set(urn, `${verb} ${label}`);
  }
  const changes = [...steps].map(([urn, step]) => [step, stepsBefore(urn, wanted, steps)] as const);
  const deletions = [...old]
    .filter(([urn, { custom }]) => custom && !wanted.has(urn))
    .map(([, { label, retainOnDelete }]) => [`at last ${retainOnDelete ? "forget" : "delete"} ${label}`, []] as const);
  return Object.fromEntries([...sorted(changes), ...deletions.sort()]);
}

/** Returns the changed resources that one waits for, by itself or through unchanged ones. */
function stepsBefore(
  urn: string,
  wanted: ReadonlyMap<string, Requested>,
  steps: ReadonlyMap<string, string>,
): string[] {
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (at: string): void => {
    for (const next of wanted.get(at)?.waitsFor ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      const step = steps.get(next);
      if (step === undefined) visit(next);
      else found.add(step);
    }
  };
  visit(urn);
  return [...found].sort();
}

type Change = readonly [step: string, waitsFor: readonly string[]];

/** Sorts steps so that each follows those that it waits for. */
function sorted(changes: readonly Change[]): Change[] {
  const left = [...changes].sort();
  const done: Change[] = [];
  while (left.length > 0) {
    const at = left.findIndex(([, before]) => before.every((step) => !left.some(([other]) => other === step)));
    done.push(...left.splice(Math.max(at, 0), 1));
  }
  return done;
}

type Register = MockMonitor["registerResource"];

const requests = new Map<string, Promise<ReadonlyMap<string, Requested>>>();

/** Returns what the program asks the engine for, by URN; runs it once for the same options. */
function request(options: ProgramOptions): Promise<ReadonlyMap<string, Requested>> {
  const key = JSON.stringify(options);
  const known = requests.get(key) ?? listen(options);
  requests.set(key, known);
  return known;
}

async function listen(options: ProgramOptions): Promise<ReadonlyMap<string, Requested>> {
  const requested = new Map<string, Requested>();
  // The mocks' monitor is where the SDK's own requests arrive, with all that they depend on.
  // oxlint-disable-next-line typescript/unbound-method -- called with `this` below
  const register = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = function (this: MockMonitor, ...[raw, done]: Parameters<Register>) {
    const it = raw as RegisterResourceRequest;
    return register.call(this, raw, (error, response: { getUrn(): string } | undefined) => {
      if (response) requested.set(response.getUrn(), describe(it));
      done(error, response);
    });
  } as Register;
  try {
    await runProgram(options);
  } finally {
    MockMonitor.prototype.registerResource = register;
  }
  return requested;
}

function describe(request: RegisterResourceRequest): Requested {
  const type = request.getType().split(":").at(-1) ?? "";
  return {
    label: `${type} ${request.getName()}`,
    // Of awsx's components the engine creates the resources.
    custom: request.getCustom() || request.getRemote(),
    inputs: withoutIgnored(request.getObject()?.toJavaScript() ?? {}, request.getIgnorechangesList()),
    retainOnDelete: request.getRetainondelete() ?? false,
    // A child waits until its parent is registered, and a component is when all that it depends on is.
    waitsFor: [...request.getDependenciesList(), request.getParent()].filter((urn) => urn !== ""),
  };
}

/** Returns the inputs whose changes matter to the engine. */
export function withoutIgnored(inputs: object, ignoreChanges: readonly string[] = []): object {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !ignoreChanges.includes(name)));
}
