import {
  anonymousPrincipal,
  getDenialReasons,
  getGrantReasons,
  runSimulation,
  type RequestAnalysis,
  type SimulationErrors,
} from "@cloud-copilot/iam-simulate";
import { UserError } from "@image-resizer/lib/program";
import type { PolicyDocument } from "./policy-store";

/** IAM's answer. */
export interface Decision {
  readonly allowed: boolean;
  /** Short, with the Sid of the deciding statement where it has one: `allowed by ReadOriginals`. */
  readonly reason: string;
}

/** A request and all policies that bear on it. */
export interface Question {
  /** An ARN or a service's name; `undefined` for an anonymous request. */
  readonly principal: string | undefined;
  readonly action: string;
  readonly resource: string;
  /** Of the resource. */
  readonly accountId: string;
  readonly context: Readonly<Record<string, string>>;
  readonly identityPolicies: ReadonlyMap<string, PolicyDocument>;
  readonly boundary?: PolicyDocument;
  readonly resourcePolicy?: PolicyDocument;
  readonly restrictPublicBuckets: boolean;
}

/**
 * Asks the policy evaluator.
 * @throws UserError if it finds a policy malformed.
 */
export async function simulate(question: Question): Promise<Decision> {
  const results = await runSimulation(
    {
      request: {
        principal: question.principal ?? anonymousPrincipal,
        action: question.action,
        resource: { resource: literal(question.resource), accountId: question.accountId },
        contextVariables: { ...question.context },
      },
      identityPolicies: [...question.identityPolicies].map(([name, policy]) => ({ name, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(question.boundary
        ? { permissionBoundaryPolicies: [{ name: "permissions boundary", policy: question.boundary }] }
        : {}),
      ...(question.resourcePolicy ? { resourcePolicy: question.resourcePolicy } : {}),
      additionalSettings: { s3: { blockPublicAccess: question.restrictPublicBuckets } },
    },
    {},
  );
  if (results.resultType === "error") throw new UserError(describeErrors(results.errors));
  if (results.resultType === "wildcard") throw new Error(`not one resource: ${question.resource}`);
  const allowed = results.overallResult === "Allowed";
  const { analysis } = results.result;
  return { allowed, reason: allowed ? grantReason(analysis) : denialReason(analysis, question.action) };
}

/**
 * In a request's ARN the evaluator takes `*` for a wildcard, and in policies' `*` does not let line ends pass; to AWS all
 * of them are characters of a key. A stand-in that no policy names matches just where they would.
 */
function literal(resource: string): string {
  return resource.replace(/[*\n\r\u2028\u2029]/g, "\uE000");
}

function grantReason(analysis: RequestAnalysis): string {
  const [grant] = getGrantReasons(analysis);
  if (!grant) return "allowed";
  const policy = grant.policyType === "resource" ? "the resource's policy" : grant.policyIdentifier;
  return `allowed by ${grant.statementId ?? `statement ${grant.statementIndex} of ${policy}`}`;
}

function denialReason(analysis: RequestAnalysis, action: string): string {
  if (analysis.blockedBy?.includes("s3-bpa")) return "denied by the public access block (restrictPublicBuckets)";
  const explicit = getDenialReasons(analysis).find((denial) => denial.denialType === "Explicit");
  if (explicit) {
    const policy = explicit.policyIdentifier ?? "the resource's policy";
    return `denied by ${explicit.statementId ?? `statement ${explicit.statementIndex} of ${policy}`}`;
  }
  if (analysis.blockedBy?.includes("pb")) return `the permissions boundary does not allow ${action}`;
  return `no statement allows ${action}`;
}

function describeErrors(errors: SimulationErrors): string {
  const byPolicy = { ...errors.identityPolicyErrors, ...errors.permissionBoundaryErrors };
  const problems = [
    ...Object.entries(byPolicy).map(([name, list]) => [name, list] as const),
    ["the resource's policy", errors.resourcePolicyErrors ?? []] as const,
  ].flatMap(([name, list]) => list.map(({ path, message }) => `${name}: ${path}: ${message}`));
  return `IAM cannot judge the request: ${problems.length > 0 ? problems.join("; ") : errors.message}`;
}
