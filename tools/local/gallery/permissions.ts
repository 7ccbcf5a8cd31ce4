import type { PolicyDocument, PolicyStore } from "../iam/policy-store";
import type { Permission } from "./contract";

interface Statement {
  readonly effect: unknown;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
}

/**
 * What the stack's policies allow in S3, each of it to be denied and restored while the stack runs. A role is denied by a policy
 * of its own with a `Deny`, as an administrator would attach one; the bucket's policy loses what it allows.
 */
export class Permissions {
  readonly #policies: PolicyStore;
  readonly #bucket: string;
  /** As the program declares them. */
  readonly #declared: readonly (Permission & { readonly role?: string })[];
  readonly #bucketPolicy: PolicyDocument | undefined;
  readonly #denied = new Set<string>();

  constructor(policies: PolicyStore, bucket: string) {
    this.#policies = policies;
    this.#bucket = bucket;
    this.#bucketPolicy = policies.bucketPolicy(bucket);
    const ofRoles = policies.roleArns.flatMap((arn) =>
      [...(policies.role(arn)?.policies.values() ?? [])].flatMap((document) =>
        allowed(document).map((rest) => ({ ...rest, who: arn.slice(arn.lastIndexOf("/") + 1), role: arn })),
      ),
    );
    const ofBucket = this.#bucketPolicy ? allowed(this.#bucketPolicy) : [];
    const byId = new Map<string, Permission & { readonly role?: string }>();
    for (const permission of [...ofRoles, ...ofBucket]) {
      const id = `${permission.who} ${permission.action}`;
      const resources = [...(byId.get(id)?.resources ?? []), ...permission.resources];
      byId.set(id, { ...permission, id, resources, denied: false });
    }
    this.#declared = [...byId.values()];
  }

  list(): Permission[] {
    return this.#declared.map(({ id, who, action, resources }) => {
      return { id, who, action, resources, denied: this.#denied.has(id) };
    });
  }

  /** Denies or restores a permission from the next request on. Returns whether there is one of this id. */
  set(id: string, denied: boolean): boolean {
    const permission = this.#declared.find((one) => one.id === id);
    if (!permission) return false;
    if (denied) this.#denied.add(id);
    else this.#denied.delete(id);
    const { role, action } = permission;
    if (role === undefined) this.#policies.setBucketPolicy(this.#bucket, this.#remainingBucketPolicy());
    else this.#policies.setRolePolicy(role, `Denied in the gallery: ${action}`, denied ? denial(action) : undefined);
    return true;
  }

  #remainingBucketPolicy(): PolicyDocument | undefined {
    if (!this.#bucketPolicy) return undefined;
    const Statement = list(this.#bucketPolicy.Statement).filter((statement) => {
      const { effect, actions, principal } = read(statement);
      return effect !== "Allow" || !actions.some((action) => this.#denied.has(`${whoIs(principal)} ${action}`));
    });
    return Statement.length === 0 ? undefined : { ...this.#bucketPolicy, Statement };
  }
}

function denial(action: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: action, Resource: "*" }] };
}

function allowed(document: PolicyDocument): Pick<Permission, "who" | "action" | "resources">[] {
  return list(document.Statement)
    .map(read)
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions, resources, principal }) =>
      // S3 is what IAM judges here.
      actions
        .filter((action) => action.startsWith("s3:"))
        .map((action) => ({ who: whoIs(principal), action, resources })),
    );
}

function read(statement: unknown): Statement {
  const { Effect, Action, Resource, Principal } = statement as Readonly<Record<string, unknown>>;
  return {
    effect: Effect,
    actions: list(Action).map(String),
    resources: list(Resource).map(String),
    principal: Principal,
  };
}

/** `*` and `{"AWS": "*"}` are everyone; any other principal is named by its ARN or service. */
function whoIs(principal: unknown): string {
  if (principal === undefined) return "";
  const names =
    typeof principal === "object" && principal !== null ? Object.values(principal).flatMap(list) : [principal];
  return names.includes("*") ? "everyone" : names.map(String).join(", ");
}

function list(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
