import { ACTIONS, ARNS } from "./deploy-actions";
import { LOCAL_ACCOUNT_ID, type ProgramRun } from "./program";

/** A policy of IAM. */
interface DeployPolicy {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly [key: string]: unknown;
  }[];
}

type Run = Pick<ProgramRun, "project" | "stack" | "region" | "resources">;

/** Returns the permissions to create, read, change and delete a stack, whatever its config: one statement a kind of ARN. */
export function deployPolicy(run: Run, account: string): DeployPolicy {
  const actions = new Map<keyof typeof ARNS, Set<string>>();
  for (const [on, service, ...names] of Object.values(ACTIONS).flat()) {
    const known = actions.get(on) ?? new Set();
    for (const name of names) known.add(`${service}:${name}`);
    actions.set(on, known);
  }
  const boundary = boundaryOf(run);
  return {
    Version: "2012-10-17",
    Statement: [...actions].flatMap(([on, names]) => {
      const Resource = ARNS[on]?.map((arn) => arnOf(arn, run, account)) ?? "*";
      const statement = (Sid: string, Action: readonly string[], more = {}) =>
        Action.length > 0 ? [{ Sid, Effect: "Allow", Action: [...Action].sort(), Resource, ...more }] : [];
      if (on !== "role" || boundary === undefined) return statement(on, [...names]);
      // What a role is given, only while the boundary is on it; and nothing takes it off.
      const bounded = ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary"];
      const free = [...names].filter((name) => !bounded.includes(name) && name !== "iam:DeleteRolePermissionsBoundary");
      return [
        ...statement(on, free),
        ...statement("boundedRole", bounded, { Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } } }),
      ];
    }),
  };
}

/** Returns the permissions boundary of the stack's roles; undefined for none. */
function boundaryOf({ resources }: Run): string | undefined {
  const boundary = resources.find(({ type }) => type === "aws:iam/role:Role")?.inputs.permissionsBoundary;
  return typeof boundary === "string" ? boundary : undefined;
}

function arnOf(arn: string, { project, stack, region, resources }: Run, account: string): string {
  const bucket = resources.find(({ type, name }) => type.endsWith(":Bucket") && name.startsWith("images"))?.inputs
    .bucket;
  const values: Readonly<Record<string, string>> = {
    ...{ project, stack, region, account, prefix: `${project}-${stack}` },
    bucket: String(bucket).replace(LOCAL_ACCOUNT_ID, account),
  };
  return `arn:aws:${arn.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? "")}`;
}
