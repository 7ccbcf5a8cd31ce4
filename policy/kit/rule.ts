import type {
  EnforcementLevel,
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { settingsOf, type Settings, type Tunables } from "./tunables";

/** What a rule says about itself. */
export interface RuleText {
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly enforcementLevel: EnforcementLevel;
  /** What to do about a violation, for Pulumi Cloud's console. */
  readonly remediationSteps: string;
}

/** Reports a violation: what is wrong, and how to mend it. */
export type Report = (wrong: string, mend: string) => void;

/** Reports a violation of one resource among the stack's. */
export type StackReport = (resource: PolicyResource, wrong: string, mend: string) => void;

/** A rule on single resources, judged by what the program asks for, before anything is made. */
export function resourceRule<T extends Tunables>(
  text: RuleText,
  types: readonly string[],
  tunables: T,
  judge: (resource: ResourceValidationArgs, report: Report, settings: Settings<T>) => void | Promise<void>,
): ResourceValidationPolicy {
  return {
    ...text,
    ...schemaOf(tunables),
    validateResource: (resource, reportViolation) => {
      if (!types.includes(resource.type)) return;
      const report: Report = (wrong, mend) => {
        reportViolation(messageOf(resource, wrong, mend));
      };
      return judge(resource, report, settingsOf(tunables, resource.getConfig()));
    },
  };
}

/** A rule on how the resources of a stack go together, judged at the end of a preview or an update. */
export function stackRule<T extends Tunables>(
  text: RuleText,
  tunables: T,
  judge: (resources: readonly PolicyResource[], report: StackReport, settings: Settings<T>) => void,
): StackValidationPolicy {
  return {
    ...text,
    ...schemaOf(tunables),
    validateStack: (args, reportViolation) => {
      const report: StackReport = (resource, wrong, mend) => {
        reportViolation(messageOf(resource, wrong, mend), resource.urn);
      };
      judge(args.resources, report, settingsOf(tunables, args.getConfig()));
    },
  };
}

function schemaOf(tunables: Tunables) {
  return Object.keys(tunables).length === 0 ? {} : { configSchema: { properties: { ...tunables } } };
}

/** `aws.s3.BucketPolicy "images": <what is wrong>. <How to mend it>.` */
function messageOf(resource: { readonly type: string; readonly name: string }, wrong: string, mend: string): string {
  const [provider = "", module = "", kind = ""] = resource.type.split(":");
  return `${provider}.${module.split("/")[0] ?? ""}.${kind} "${resource.name}": ${wrong}. ${mend}.`;
}
