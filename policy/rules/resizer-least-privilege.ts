import type { PolicyResource } from "@pulumi/policy";
import type { PolicyDocument, Statement } from "../iam/document";
import { coversEverything, objectsOf } from "../iam/resource-pattern";
import { visitGrants } from "../iam/role-grants";
import { hasEffect, type S3Effect } from "../iam/s3-actions";
import { globMatches } from "../kit/glob";
import { linked } from "../kit/links";
import { type StackReport, stackRule } from "../kit/rule";
import { readSpec } from "../kit/size";
import { flag, type Settings, words } from "../kit/tunables";
import { judgeAll } from "../kit/unknown";

const FUNCTION = "aws:lambda/function:Function";
const ROLE = "aws:iam/role:Role";

/** Segments that stand for any size; IAM knows no digits. */
const ANY_SIZE = ["*x*", "*w", "*w.*", "*h", "*h.*"];

const TUNABLES = {
  wildcardActions: words(
    ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "cloudwatch:PutMetricData"],
    "Actions that may be on every resource, for AWS allows them nowhere narrower",
  ),
  managedPolicies: words(
    ["AWSXRayDaemonWriteAccess"],
    "Names of managed policies from outside the stack that a function's role may have",
  ),
  deletingFunctions: words(
    ["purge"],
    "Names of the stack's functions that may delete variants; `*` stands for any text",
  ),
  listingFunctions: words([], "Names of the stack's functions that may list a bucket; `*` stands for any text"),
  allowUnlistedSizes: flag(false, "Whether a role may write under patterns for any size, such as */*w/*"),
};

/** What a function's role lets the function do: read, write variants of listed sizes, and log. */
export const resizerLeastPrivilege = stackRule(
  {
    name: "resizer-least-privilege",
    description: "A function's role writes to a bucket under size segments only, and has no wildcard resources.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Allow s3:PutObject on BUCKET/*/<size>/* and BUCKET/<size>/* of the listed sizes.",
  },
  TUNABLES,
  (resources, report, settings) => {
    const roles = resources.filter(({ type }) => type === ROLE);
    const functionsOf = new Map<PolicyResource, string[]>();
    for (const lambda of resources.filter(({ type }) => type === FUNCTION)) {
      for (const role of linked(lambda, "role", roles)) {
        functionsOf.set(role, [...(functionsOf.get(role) ?? []), lambda.name]);
      }
    }
    judgeAll(
      [...functionsOf].map(([role, functions]) => () => {
        judgeRole(role, functions, resources, report, settings);
      }),
    );
  },
);

type RoleSettings = Settings<typeof TUNABLES>;

function judgeRole(
  role: PolicyResource,
  functions: readonly string[],
  resources: readonly PolicyResource[],
  report: StackReport,
  settings: RoleSettings,
): void {
  const allowed = {
    // A role that several functions share may do what all of them may.
    delete: functions.every((name) => settings.deletingFunctions.some((pattern) => globMatches(pattern, name))),
    list: functions.every((name) => settings.listingFunctions.some((pattern) => globMatches(pattern, name))),
  };
  const whose = `of the function${functions.length > 1 ? "s" : ""} ${functions.join(", ")}`;
  visitGrants(role, resources, {
    managed: (arn, holder, where) => {
      const name = arn.slice(arn.lastIndexOf("/") + 1);
      if (settings.managedPolicies.includes(name)) return;
      report(
        holder,
        `${where} gives the role ${role.name} ${whose} the managed policy ${name}, whose document is not in the stack`,
        "Write a policy for the function instead, or list the name in managedPolicies of the pack's config",
      );
    },
    document: (document, holder, where) => {
      judgeDocument(document, settings, allowed, (wrong, mend) => {
        report(holder, `${where} ${wrong}, for the role ${role.name} ${whose}`, mend);
      });
    },
  });
}

function judgeDocument(
  document: PolicyDocument,
  settings: RoleSettings,
  allowed: Allowed,
  report: (wrong: string, mend: string) => void,
): void {
  for (const problem of document.problems) report(problem, "Mend the policy document");
  for (const statement of document.statements.filter(({ allows }) => allows)) {
    judgeExceptions(statement, report);
    judgeWildcards(statement, settings, report);
    judgeS3(statement, settings, allowed, report);
  }
}

interface Allowed {
  readonly delete: boolean;
  readonly list: boolean;
}

function judgeExceptions(
  { label, notActions, notResources }: Statement,
  report: (wrong: string, mend: string) => void,
): void {
  if (notActions !== undefined) report(`allows all but ${notActions.join(", ")} in ${label}`, "Name the actions");
  if (notResources !== undefined) {
    report(`allows everything but ${notResources.join(", ")} in ${label}`, "Name the resources");
  }
}

function judgeWildcards(
  { label, actions = [], resources = [] }: Statement,
  settings: RoleSettings,
  report: (wrong: string, mend: string) => void,
): void {
  const everything = resources.find(coversEverything);
  if (everything === undefined) return;
  const exempt = settings.wildcardActions.map((action) => action.toLowerCase());
  const others = actions.filter((action) => !exempt.includes(action.toLowerCase()));
  if (others.length > 0) report(`allows ${others.join(", ")} on ${everything} in ${label}`, "Name the resource");
}

function judgeS3(
  { label, actions = [], resources = [] }: Statement,
  settings: RoleSettings,
  allowed: Allowed,
  report: (wrong: string, mend: string) => void,
): void {
  const complain = (effects: readonly S3Effect[], wrong: string, mend: string): void => {
    const found = actions.filter((action) => hasEffect(action, ...effects));
    if (found.length > 0) report(`allows ${found.join(", ")}${wrong} in ${label}`, mend);
  };
  complain(["control", "account"], ", which changes a bucket or who may use it,", "Leave that to the program");
  if (!allowed.list) {
    complain(["list"], ", which lists,", "Remove it, or name the function in listingFunctions of the pack's config");
  }
  if (!allowed.delete) {
    complain(
      ["delete"],
      ", which deletes,",
      "Remove it, or name the function in deletingFunctions of the pack's config",
    );
  }
  const stray = resources.find((resource) => !isUnderSize(resource, settings.allowUnlistedSizes));
  if (stray !== undefined) {
    complain(
      allowed.delete ? ["write", "delete"] : ["write"],
      ` on ${stray}, which is not under a size segment,`,
      "Name the sizes: BUCKET/*/<size>/* and BUCKET/<size>/*, as in photos/*/640w/*",
    );
  }
}

/** Whether a resource can only be objects with a size as a whole segment before the file. */
function isUnderSize(resource: string, anySize: boolean): boolean {
  const folders = objectsOf(resource)?.key.split("/").slice(0, -1) ?? [];
  return folders.some((folder) => readSpec(folder) !== undefined || (anySize && ANY_SIZE.includes(folder)));
}
