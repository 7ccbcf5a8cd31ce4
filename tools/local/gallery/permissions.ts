import { readDocument, type Statement } from "../../../policy/iam/document";
import type { Policies, PolicyDocument } from "../iam/policies";
import type { Permission } from "./contract";

interface Declared extends Omit<Permission, "denied"> {
  /** ARN of the role; undefined for the bucket policy. */
  readonly role?: string;
}

/**
 * The S3 actions that the stack's policies allow, each of which can be denied and restored while the stack runs. A role gets
 * a `Deny`, as an administrator would attach one; the bucket policy loses its statement.
 */
export class Permissions {
  readonly #policies: Policies;
  readonly #bucket: string;
  readonly #bucketPolicy: PolicyDocument | undefined;
  readonly #declared = new Map<string, Declared>();
  readonly #denied = new Set<string>();

  constructor(policies: Policies, bucket: string) {
    this.#policies = policies;
    this.#bucket = bucket;
    this.#bucketPolicy = policies.buckets.get(bucket);
    for (const [role, own] of policies.roles) {
      for (const document of own.policies.values()) {
        for (const statement of statementsOf(document))
          this.#declare(statement, role.slice(role.lastIndexOf("/") + 1), role);
      }
    }
    for (const statement of statementsOf(this.#bucketPolicy)) this.#declare(statement, whoIs(statement));
  }

  list(): Permission[] {
    return [...this.#declared.values()].map(({ id, who, action, resources }) => {
      return { id, who, action, resources, denied: this.#denied.has(id) };
    });
  }

  /** Denies or restores a permission from the next request on. Returns `false` for an unknown id. */
  set(id: string, denied: boolean): boolean {
    const permission = this.#declared.get(id);
    if (!permission) return false;
    if (denied) this.#denied.add(id);
    else this.#denied.delete(id);
    const { role, action } = permission;
    if (role === undefined) replace(this.#policies.buckets, this.#bucket, this.#remainingBucketPolicy());
    else
      replace(this.#policies.roles.get(role)?.policies, `Denied in the gallery: ${action}`, denied && denial(action));
    return true;
  }

  #declare({ allows, actions = [], resources = [] }: Statement, who: string, role?: string): void {
    for (const action of allows ? actions.filter((name) => name.startsWith("s3:")) : []) {
      const id = `${who} ${action}`;
      const all = [...(this.#declared.get(id)?.resources ?? []), ...resources];
      this.#declared.set(id, { id, who, action, resources: all, ...(role === undefined ? {} : { role }) });
    }
  }

  #remainingBucketPolicy(): PolicyDocument | undefined {
    const Statement = [this.#bucketPolicy?.Statement ?? []].flat().filter((statement) => {
      const [read] = statementsOf({ Statement: statement });
      return !read?.allows || !read.actions?.some((action) => this.#denied.has(`${whoIs(read)} ${action}`));
    });
    return Statement.length === 0 ? undefined : { ...this.#bucketPolicy, Statement };
  }
}

/** Sets a policy under its name; a missing one is removed. */
function replace(
  policies: Map<string, PolicyDocument> | undefined,
  name: string,
  policy: PolicyDocument | undefined | false,
) {
  if (policy) policies?.set(name, policy);
  else policies?.delete(name);
}

function denial(action: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: action, Resource: "*" }] };
}

function statementsOf(document: PolicyDocument | undefined): readonly Statement[] {
  return document ? readDocument(document, "resource").statements : [];
}

/** Names the principals of a statement: `everyone`, or an ARN or service. */
function whoIs({ principals = [] }: Statement): string {
  const names = principals.map(({ value }) => value);
  return names.includes("*") ? "everyone" : names.join(", ");
}
