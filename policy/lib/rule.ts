import type {
  EnforcementLevel,
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { heldBy } from "./cloud-control";
import { type ConfigValues, type RuleConfig, valuesOf } from "./rule-config";

/** Description of a rule. */
export interface RuleText {
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly enforcementLevel: EnforcementLevel;
  /** Advice for Pulumi Cloud's console. */
  readonly remediationSteps: string;
}

/** Reports a violation: the problem, and the fix. */
export type Report = (problem: string, fix: string) => void;

/** Reports a violation of one resource among the stack's. */
export type StackReport = (resource: PolicyResource, problem: string, fix: string) => void;

/**
 * Returns a rule for single resources, checked before they are created. A resource that Cloud Control holds is checked
 * as one of the native provider's type.
 */
export function resourceRule<T extends RuleConfig>(
  text: RuleText,
  types: readonly string[],
  config: T,
  check: (resource: ResourceValidationArgs, report: Report, values: ConfigValues<T>) => void | Promise<void>,
): ResourceValidationPolicy {
  return {
    ...text,
    ...schemaOf(config),
    validateResource: (resource, reportViolation) => {
      const held = heldBy(resource);
      if (!types.includes(held.type)) return;
      const report: Report = (problem, fix) => {
        reportViolation(messageOf(resource, problem, fix));
      };
      return check({ ...resource, ...held }, report, valuesOf(config, resource.getConfig()));
    },
  };
}

/** Returns a rule for the stack as a whole, checked at the end of a preview or an update. */
export function stackRule<T extends RuleConfig>(
  text: RuleText,
  config: T,
  check: (resources: readonly PolicyResource[], report: StackReport, values: ConfigValues<T>) => void,
): StackValidationPolicy {
  return {
    ...text,
    ...schemaOf(config),
    validateStack: (args, reportViolation) => {
      const report: StackReport = (resource, problem, fix) => {
        reportViolation(messageOf(resource, problem, fix), resource.urn);
      };
      check(args.resources, report, valuesOf(config, args.getConfig()));
    },
  };
}

function schemaOf(config: RuleConfig) {
  return Object.keys(config).length === 0 ? {} : { configSchema: { properties: { ...config } } };
}

/** Formats `aws.s3.BucketPolicy "images": <problem>. <fix>.` */
function messageOf(resource: { readonly type: string; readonly name: string }, problem: string, fix: string): string {
  const [provider = "", module = "", kind = ""] = resource.type.split(":");
  return `${provider}.${module.split("/")[0] ?? ""}.${kind} "${resource.name}": ${problem}. ${fix}.`;
}
