import type {
  EnforcementLevel,
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { PackConfig } from "./pack-config";

/** A rule of the pack. */
export type Rule = ResourceValidationPolicy | StackValidationPolicy;

/** A resource to judge, with every value known. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs and computed properties together; the inputs where there are none. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  /** The options that rules read. */
  readonly options?: { readonly ignoreChanges?: readonly string[] };
}

/** What a rule said. */
export interface Verdict {
  readonly rule: Rule;
  readonly level: EnforcementLevel;
  /** One sentence a violation; it names the resource. */
  readonly violations: readonly string[];
}

/**
 * Judges resources in this process, as the engine does through the runner: rules on resources see the inputs, rules on
 * the stack everything.
 */
export async function evaluate(
  rules: readonly Rule[],
  subjects: readonly Subject[],
  config: PackConfig = {},
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const rule of rules) {
    const own = config[rule.name];
    const level = own?.enforcementLevel ?? config.all?.enforcementLevel ?? rule.enforcementLevel ?? "advisory";
    const violations: string[] = [];
    const report: ReportViolation = (message) => violations.push(message);
    if (level !== "disabled") await judge(rule, subjects, own?.settings ?? {}, report);
    verdicts.push({ rule, level, violations });
  }
  return verdicts;
}

async function judge(
  rule: Rule,
  subjects: readonly Subject[],
  settings: Readonly<Record<string, unknown>>,
  report: ReportViolation,
): Promise<void> {
  const shared = {
    stackTags: new Map<string, string>(),
    getConfig: () => settings as never,
    notApplicable,
  };
  if ("validateStack" in rule) {
    await rule.validateStack({ ...shared, resources: subjects.map(asStackResource) }, report);
    return;
  }
  for (const validate of [rule.validateResource ?? []].flat()) {
    for (const subject of subjects) {
      const { type, name, inputs } = subject;
      const typed = { isType: () => false, asType: () => undefined };
      await validate(
        { ...shared, ...typed, type, name, props: inputs, urn: urnOf(subject), opts: optionsOf(subject) },
        report,
      );
    }
  }
}

function asStackResource(subject: Subject): PolicyResource {
  const { type, name, inputs, outputs = inputs, id } = subject;
  return {
    type,
    name,
    urn: urnOf(subject),
    props: id === undefined || id === "" ? outputs : { ...outputs, id },
    opts: optionsOf(subject),
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

function optionsOf({ options }: Subject): PolicyResourceOptions {
  return {
    protect: false,
    ignoreChanges: [...(options?.ignoreChanges ?? [])],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
  };
}

function urnOf({ type, name }: Subject): string {
  return `urn:pulumi:stack::project::${type}::${name}`;
}

/** No rule of this pack says so: one that does not concern a resource returns. */
function notApplicable(reason?: string): never {
  throw new Error(reason ?? "not applicable");
}
