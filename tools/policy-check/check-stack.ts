import type {
  EnforcementLevel,
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { PackConfig } from "./pack-config";

/** A rule of the pack. */
export type Rule = ResourceValidationPolicy | StackValidationPolicy;

/** A resource to check, with every value known. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs and computed properties together. Default: the inputs. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  /** Resource options that rules read. */
  readonly options?: { readonly ignoreChanges?: readonly string[] };
}

/** Result of a rule. */
export interface Result {
  readonly rule: Rule;
  readonly level: EnforcementLevel;
  /** One sentence for each violation, which names the resource. */
  readonly violations: readonly string[];
}

/** Checks a stack in this process, as Pulumi's engine does: resource rules see the inputs, stack rules everything. */
export async function checkStack(
  rules: readonly Rule[],
  subjects: readonly Subject[],
  config: PackConfig = {},
): Promise<Result[]> {
  const results: Result[] = [];
  for (const rule of rules) {
    const { enforcementLevel, values = {} } = config[rule.name] ?? {};
    const level = enforcementLevel ?? config.all?.enforcementLevel ?? rule.enforcementLevel ?? "advisory";
    const violations = level === "disabled" ? [] : await violationsOf(rule, subjects, values);
    results.push({ rule, level, violations });
  }
  return results;
}

async function violationsOf(
  rule: Rule,
  subjects: readonly Subject[],
  values: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const violations: string[] = [];
  const report = (message: string): void => {
    violations.push(message);
  };
  const shared = { stackTags: new Map<string, string>(), getConfig: () => values as never, notApplicable };
  if ("validateStack" in rule) {
    await rule.validateStack({ ...shared, resources: subjects.map(asResource) }, report);
  } else {
    for (const validate of [rule.validateResource ?? []].flat()) {
      for (const subject of subjects) {
        const { type, name, urn, opts } = asResource(subject);
        const args = { type, name, urn, opts, props: subject.inputs, isType: () => false, asType: () => undefined };
        await validate({ ...shared, ...args }, report);
      }
    }
  }
  return violations;
}

function asResource({ type, name, inputs, outputs = inputs, id, options }: Subject): PolicyResource {
  const opts: PolicyResourceOptions = {
    protect: false,
    ignoreChanges: [...(options?.ignoreChanges ?? [])],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
  };
  return {
    type,
    name,
    urn: `urn:pulumi:stack::project::${type}::${name}`,
    props: id === undefined || id === "" ? outputs : { ...outputs, id },
    opts,
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

/** No rule of this pack calls it: a rule that does not apply to a resource returns. */
function notApplicable(reason?: string): never {
  throw new Error(reason ?? "not applicable");
}
