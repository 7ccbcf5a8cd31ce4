import {
  type Condition,
  type DocumentKind,
  type Principal as Named,
  readDocument,
  type Statement,
} from "../../../policy/iam/document";
import { globMatches } from "../../../policy/lib/glob";
import { UserError } from "@image-resizer/lib/user-error";
import type { Principal } from "./iam";
import type { PolicyDocument } from "./policies";

/** IAM's answer. */
export interface Decision {
  readonly allowed: boolean;
  /** Short, with the Sid of the deciding statement where it has one: `allowed by ReadOriginals`. */
  readonly reason: string;
}

/** A request, and all policies that apply to it. The principal and the resource are of one account. */
export interface Question {
  readonly principal: Exclude<Principal, { kind: "administrator" }>;
  readonly action: string;
  readonly resource: string;
  readonly accountId: string;
  /** Condition keys of the request with their values, keys in lower case. */
  readonly context: ReadonlyMap<string, string>;
  readonly identityPolicies: ReadonlyMap<string, PolicyDocument>;
  readonly resourcePolicy?: PolicyDocument | undefined;
  /** A role's trust policy names no resource. Default: the policy of a bucket or a queue. */
  readonly resourcePolicyKind?: DocumentKind;
}

/** The condition operators that the local stack evaluates. (IAM user guide, "Condition operators") */
const OPERATORS: Readonly<Record<string, (value: string | undefined, expected: string) => boolean>> = {
  stringequals: (value, expected) => value === expected,
  stringlike: (value, expected) => value !== undefined && globMatches(expected, value),
  arnequals: arnMatches,
  arnlike: arnMatches,
  bool: (value, expected) => value?.toLowerCase() === expected.toLowerCase(),
  null: (value, expected) => String(value === undefined) === expected.toLowerCase(),
};

const PRINCIPAL_KINDS = ["*", "AWS", "Service", "Federated", "CanonicalUser"];

/** A statement that applies to a request, and its name. */
interface Match {
  readonly statement: Statement;
  readonly name: string;
}

/**
 * Evaluates the policies of one account: an explicit deny wins, then an allow, and what nothing allows is denied. (IAM user
 * guide, "Policy evaluation logic")
 */
export function evaluate(question: Question): Decision {
  const { principal, action, resourcePolicy, resourcePolicyKind = "resource" } = question;
  const identity = [...question.identityPolicies].flatMap(([name, document]) =>
    matches(name, document, "identity", question),
  );
  const resource = resourcePolicy ? matches("the resource's policy", resourcePolicy, resourcePolicyKind, question) : [];
  const denial = [...identity, ...resource].find(({ statement }) => !statement.allows);
  if (denial) return { allowed: false, reason: `denied by ${denial.name}` };
  // A statement for the whole account leaves the decision to the role's own policies.
  const direct = resource.find(({ statement }) => statement.principals?.some((it) => isDirect(it, principal)));
  const grant = identity[0] ?? direct;
  if (grant) return { allowed: true, reason: `allowed by ${grant.name}` };
  return { allowed: false, reason: `no statement allows ${action}` };
}

/**
 * Reads the statements of a policy.
 * @throws UserError if IAM would reject it, or if it has an element that the local stack does not evaluate
 */
export function readStatements(name: string, document: PolicyDocument, kind: DocumentKind): readonly Statement[] {
  const { statements, problems } = readDocument(document, kind);
  if (problems.length > 0) throw new UserError(`IAM rejects the policy ${name}: it ${problems.join("; it ")}`);
  for (const statement of statements) {
    const unsupported = unsupportedIn(statement);
    if (unsupported === undefined) continue;
    throw new UserError(`the local stack does not evaluate ${unsupported} (${statement.label} of the policy ${name})`);
  }
  return statements;
}

function unsupportedIn(statement: Statement): string | undefined {
  const { notPrincipals, principals = [], resources = [], notResources = [], conditions } = statement;
  if (notPrincipals) return "NotPrincipal";
  const principal = principals.find(
    ({ kind, value }) => !PRINCIPAL_KINDS.includes(kind) || (value !== "*" && /[*?]/.test(value)),
  );
  if (principal) return `the principal ${principal.kind}: ${principal.value}`;
  const variable = [...resources, ...notResources].find((resource) => resource.includes("${"));
  if (variable !== undefined) return `the policy variable in ${variable}`;
  return conditions.map(conditionProblem).find((problem) => problem !== undefined);
}

function matches(name: string, document: PolicyDocument, kind: DocumentKind, question: Question): Match[] {
  return readStatements(name, document, kind)
    .map((statement, index) => ({ statement, name: statement.sid ?? `statement ${index + 1} of ${name}` }))
    .filter(({ statement }) => applies(statement, question));
}

function applies(statement: Statement, { principal, action, resource, accountId, context }: Question): boolean {
  const { actions, notActions = [], resources, notResources, principals, conditions } = statement;
  const isAction = (pattern: string) => globMatches(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string) => globMatches(pattern, resource);
  if (!(actions ? actions.some(isAction) : !notActions.some(isAction))) return false;
  // A trust policy has neither.
  if (!(resources ? resources.some(isResource) : !(notResources ?? []).some(isResource))) return false;
  if (principals && !principals.some((it) => isDirect(it, principal) || isAccountOf(it, principal, accountId)))
    return false;
  // All conditions of a statement must hold; values are alternatives.
  return conditions.every(({ operator, key, values }) => {
    const value = context.get(key.toLowerCase());
    return values.some((expected) => OPERATORS[operator.toLowerCase()]?.(value, expected));
  });
}

/** Returns the problem with a condition that the local stack cannot evaluate; undefined if there is none. */
function conditionProblem({ operator, values }: Condition): string | undefined {
  if (!(operator.toLowerCase() in OPERATORS)) return `the condition operator ${operator}`;
  const variable = values.find((value) => value.includes("${"));
  if (variable !== undefined) return `the policy variable in ${variable}`;
  const odd = /^arn/i.test(operator) ? values.find((value) => value.split(":").length < 6) : undefined;
  return odd === undefined ? undefined : `${operator} with ${odd}, which is no ARN`;
}

/** Each of an ARN's six parts is matched by itself. */
function arnMatches(value: string | undefined, expected: string): boolean {
  if (value === undefined) return false;
  const [parts = [], patterns = []] = [value, expected].map((arn) => {
    const split = arn.split(":");
    return [...split.slice(0, 5), split.slice(5).join(":")];
  });
  return patterns.every((pattern, index) => globMatches(pattern, parts[index] ?? ""));
}

/** Checks whether a principal of a statement is the caller or everybody. */
function isDirect({ kind, value }: Named, principal: Question["principal"]): boolean {
  if (value === "*") return kind === "*" || kind === "AWS";
  if (principal.kind === "role") return kind === "AWS" && value === principal.arn;
  return principal.kind === "service" && kind === "Service" && value === principal.name;
}

function isAccountOf({ kind, value }: Named, principal: Question["principal"], accountId: string): boolean {
  const isAccount = value === accountId || value === `arn:aws:iam::${accountId}:root`;
  return principal.kind === "role" && kind === "AWS" && isAccount;
}
