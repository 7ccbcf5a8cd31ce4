import type { PolicyResource } from "@pulumi/policy";
import type { PolicyDocument, Statement } from "../iam/document";
import { coversEverything, keyPatternOf } from "../iam/resource-pattern";
import { RoleGrants } from "../iam/role-grants";
import { hasEffect, type S3Effect } from "../iam/s3-actions";
import { globMatches } from "../lib/glob";
import { linked } from "../lib/links";
import { type Report, type StackReport, stackRule } from "../lib/rule";
import { type ConfigValues, flag, words } from "../lib/rule-config";
import { readSpec } from "../lib/size";
import { settingsOf } from "../lib/settings";
import { attempt, checkEach } from "../lib/unknown";

const FUNCTION = "aws:lambda/function:Function";
const ROLE = "aws:iam/role:Role";

/** Properties of a function that has its code in the program. */
const CODE = ["handler", "imageUri", "code"];
const NAMED_LIKE_A_RESIZER = /resiz|image|thumbnail|variant|purge/i;

/** Key segments for any size: IAM patterns have no digits. */
const ANY_SIZE = ["*x*", "*w", "*w.*", "*h", "*h.*"];

const CONFIG = {
  wildcardActions: words(
    ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "cloudwatch:PutMetricData"],
    "Actions that may be on every resource, because AWS allows them nowhere narrower",
  ),
  managedPolicies: words(
    ["AWSXRayDaemonWriteAccess"],
    "Names of managed policies from outside the stack that a function's role may have",
  ),
  deletingFunctions: words(["purge"], "Names of functions that may delete variants; `*` matches any text"),
  listingFunctions: words([], "Names of functions that may list a bucket; `*` matches any text"),
  allowUnlistedSizes: flag(false, "Whether a role may write under patterns for any size, such as */*w/*"),
};

/** Effects that the functions of a role may have beyond reading and writing variants. */
type Allowed = Readonly<Record<"delete" | "list" | "anySize", boolean>>;

/** The role of a resizer allows it to read originals, to write variants of listed sizes, and to log. */
export const resizerLeastPrivilege = stackRule(
  {
    name: "resizer-least-privilege",
    description: "A resizer's role writes to a bucket under size segments only, and has no wildcard resources.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Allow s3:PutObject on BUCKET/*/<size>/* and BUCKET/<size>/* of the listed sizes.",
  },
  CONFIG,
  (resources, report, config) => {
    const roles = resources.filter(({ type }) => type === ROLE);
    const functionsOf = new Map<PolicyResource, string[]>();
    for (const lambda of resources.filter((one) => one.type === FUNCTION && mayBeResizer(one))) {
      for (const role of linked(lambda, "role", roles)) {
        functionsOf.set(role, [...(functionsOf.get(role) ?? []), lambda.name]);
      }
    }
    const grants = new RoleGrants([...functionsOf.keys()], resources);
    checkEach([...functionsOf], ([role, functions]) => {
      checkRole(role, functions, grants, report, config);
    });
  },
);

/** Checks for a function that creates or purges variants by its settings or its name, or that shows nothing of itself. */
function mayBeResizer({ name, props }: PolicyResource): boolean {
  // Some of it may be unknown in a preview.
  const settings = attempt(() => settingsOf(props));
  if (!settings.known || settings.value !== undefined || NAMED_LIKE_A_RESIZER.test(name)) return true;
  return !CODE.some((property) => Object.hasOwn(props, property));
}

function checkRole(
  role: PolicyResource,
  functions: readonly string[],
  grants: RoleGrants,
  report: StackReport,
  config: ConfigValues<typeof CONFIG>,
): void {
  // A role that several functions share may do only what each of them may.
  const all = (patterns: readonly string[]) =>
    functions.every((name) => patterns.some((pattern) => globMatches(pattern, name)));
  const allowed: Allowed = {
    delete: all(config.deletingFunctions),
    list: all(config.listingFunctions),
    anySize: config.allowUnlistedSizes,
  };
  const owner = `the role ${role.name} of the function${functions.length > 1 ? "s" : ""} ${functions.join(", ")}`;
  grants.visit(role, {
    managed: (arn, holder, where) => {
      const name = arn.slice(arn.lastIndexOf("/") + 1);
      if (config.managedPolicies.includes(name)) return;
      report(
        holder,
        `${where} attaches the managed policy ${name}, which is not part of the stack, to ${owner}`,
        "Write a policy for the function instead, or list the name in managedPolicies of the pack's config",
      );
    },
    document: (document, holder, where) => {
      checkDocument(document, config.wildcardActions, allowed, (problem, fix) => {
        report(holder, `${where} ${problem}, for ${owner}`, fix);
      });
    },
  });
}

function checkDocument(
  document: PolicyDocument,
  wildcardActions: readonly string[],
  allowed: Allowed,
  report: Report,
): void {
  for (const problem of document.problems) report(problem, "Fix the policy document");
  for (const statement of document.statements.filter(({ allows }) => allows)) {
    const { label, notActions, notResources } = statement;
    if (notActions !== undefined) report(`allows all but ${notActions.join(", ")} in ${label}`, "Name the actions");
    if (notResources !== undefined) {
      report(`allows everything but ${notResources.join(", ")} in ${label}`, "Name the resources");
    }
    checkWildcards(statement, wildcardActions, report);
    checkS3(statement, allowed, report);
  }
}

function checkWildcards(
  { label, actions = [], resources = [] }: Statement,
  wildcardActions: readonly string[],
  report: Report,
): void {
  const everything = resources.find(coversEverything);
  if (everything === undefined) return;
  const exempt = wildcardActions.map((action) => action.toLowerCase());
  const others = actions.filter((action) => !exempt.includes(action.toLowerCase()));
  if (others.length > 0) report(`allows ${others.join(", ")} on ${everything} in ${label}`, "Name the resource");
}

function checkS3({ label, actions = [], resources = [] }: Statement, allowed: Allowed, report: Report): void {
  const reject = (effects: readonly S3Effect[], reason: string, fix: string): void => {
    const found = actions.filter((action) => hasEffect(action, ...effects));
    if (found.length > 0) report(`allows ${found.join(", ")}${reason} in ${label}`, fix);
  };
  const remove = (key: string) => `Remove it, or name the function in ${key} of the pack's config`;
  reject(["control", "account"], ", which changes a bucket or the access to it,", "Remove it");
  if (!allowed.list) reject(["list"], ", which lists,", remove("listingFunctions"));
  if (!allowed.delete) reject(["delete"], ", which deletes,", remove("deletingFunctions"));
  const stray = resources.find((resource) => !isUnderSize(resource, allowed.anySize));
  if (stray === undefined) return;
  reject(
    allowed.delete ? ["write", "delete"] : ["write"],
    ` on ${stray}, which is not under a size segment,`,
    "Name the sizes: BUCKET/*/<size>/* and BUCKET/<size>/*, as in photos/*/640w/*",
  );
}

/** Checks whether a resource can only be objects with a size as a whole segment before the file. */
function isUnderSize(resource: string, anySize: boolean): boolean {
  const folders = keyPatternOf(resource)?.split("/").slice(0, -1) ?? [];
  return folders.some((folder) => readSpec(folder) !== undefined || (anySize && ANY_SIZE.includes(folder)));
}
