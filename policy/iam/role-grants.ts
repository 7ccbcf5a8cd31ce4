import type { PolicyResource } from "@pulumi/policy";
import { inputOf, linked } from "../lib/links";
import { attempt, checkAll, checkEach, checkPath } from "../lib/unknown";
import { listOf, propertyOf, type Json } from "../lib/values";
import { type PolicyDocument, readDocument, type Statement } from "./document";
import { ACCESS_POINT_DOCUMENTS, BUCKET_DOCUMENTS, checkPaths } from "./property-paths";

const INLINE = "aws:iam/rolePolicy:RolePolicy";
const MANAGED = "aws:iam/policy:Policy";

/** Types that attach managed policies to roles: the property that names the role, and the one that names the policies. */
const ATTACHMENTS: Readonly<Record<string, { readonly role: string; readonly policy: string }>> = {
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { role: "role", policy: "policyArn" },
  "aws:iam/policyAttachment:PolicyAttachment": { role: "roles", policy: "policyArn" },
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": { role: "roleName", policy: "policyArns" },
};

/** Visitor of everything that a role is granted. */
export interface GrantVisitor {
  /** Visits a document, with the resource and the property that hold it. */
  readonly document: (document: PolicyDocument, holder: PolicyResource, where: string) => void;
  /** Visits a managed policy from outside the stack, by its ARN. */
  readonly managed: (arn: string, holder: PolicyResource, where: string) => void;
}

/** Something that grants permissions to roles: a document of its own, policies attached by their ARNs, or both. */
interface Holder {
  readonly resource: PolicyResource;
  /** Path of the document. */
  readonly document?: string;
  /** Property that names managed policies. */
  readonly managed?: string;
}

/** Statements of a resource's policy for one principal. */
interface Named {
  readonly statements: readonly Statement[];
  readonly holder: PolicyResource;
  readonly where: string;
}

/** Permissions of roles, read once for all of a stack's roles. */
export class RoleGrants {
  readonly #policies: readonly PolicyResource[];
  readonly #holders = new Map<PolicyResource, Holder[]>();
  readonly #named = new Map<string, Named[]>();
  /** Resources whose policies are unknown as yet. */
  readonly #unread: PolicyResource[] = [];

  constructor(roles: readonly PolicyResource[], resources: readonly PolicyResource[]) {
    this.#policies = resources.filter(({ type }) => type === MANAGED);
    for (const role of roles) {
      this.#hold([role], { resource: role, document: "inlinePolicies[].policy", managed: "managedPolicyArns" });
    }
    for (const resource of resources) {
      const attachment = ATTACHMENTS[resource.type];
      if (resource.type === INLINE) {
        this.#hold(attachedTo(resource, "role", roles), { resource, document: "policy" });
      } else if (attachment !== undefined) {
        this.#hold(attachedTo(resource, attachment.role, roles), { resource, managed: attachment.policy });
      } else if (resource.type in BUCKET_DOCUMENTS || resource.type in ACCESS_POINT_DOCUMENTS) {
        const read = attempt(() => {
          this.#readPolicy(resource);
        });
        if (!read.known) this.#unread.push(resource);
      }
    }
  }

  /** Visits every document and managed policy of a role, and the statements of resources' policies that name the role. */
  visit(role: PolicyResource, visit: GrantVisitor): void {
    const arn = attempt(() => propertyOf(role.props, "arn"));
    const named = arn.known ? (this.#named.get(String(arn.value)) ?? []) : [];
    checkAll([
      ...(this.#holders.get(role) ?? []).flatMap(({ resource, document, managed }) => [
        () => {
          if (document !== undefined) visitDocument(resource, document, visit);
        },
        () => {
          if (managed !== undefined) this.#visitManaged(resource, managed, visit);
        },
      ]),
      ...named.map(({ statements, holder, where }) => () => {
        visit.document({ statements, problems: [] }, holder, where);
      }),
      // An unknown document that does not depend on this role does not name it.
      ...this.#unread
        .filter((holder) => dependsOn(holder, role))
        .map((holder) => () => {
          this.#readPolicy(holder);
        }),
    ]);
  }

  #hold(roles: readonly PolicyResource[], holder: Holder): void {
    for (const role of roles) add(this.#holders, role, holder);
  }

  #readPolicy(holder: PolicyResource): void {
    const found: (readonly [principal: string, named: Named])[] = [];
    const read = (value: Json, where: string): void => {
      for (const statement of readDocument(value, "resource").statements) {
        for (const { value: principal } of statement.principals ?? []) {
          found.push([principal, { statements: [statement], holder, where }]);
        }
      }
    };
    checkPaths(holder, undefined, [
      [BUCKET_DOCUMENTS, read],
      [ACCESS_POINT_DOCUMENTS, read],
    ]);
    for (const [principal, named] of found) add(this.#named, principal, named);
  }

  #visitManaged(holder: PolicyResource, property: string, visit: GrantVisitor): void {
    checkEach(partsOf(holder, property), (read) => {
      const found = linked(holder, property, this.#policies, read);
      checkEach(found, (policy) => {
        visitDocument(policy, "policy", visit);
      });
      if (found.length > 0) return;
      // An unknown ARN throws here, so that the engine reports the rule as undecided.
      const arn = read();
      if (typeof arn === "string") visit.managed(arn, holder, property);
    });
  }
}

function visitDocument(holder: PolicyResource, path: string, visit: GrantVisitor): void {
  const [property = ""] = path.split(/[.[]/);
  checkPath({ [property]: inputOf(holder, property) }, path, (value, where) => {
    visit.document(readDocument(value, "identity"), holder, where);
  });
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function dependsOn(holder: PolicyResource, role: PolicyResource): boolean {
  return Object.values(holder.propertyDependencies).some((dependencies) =>
    dependencies.some(({ urn }) => urn === role.urn),
  );
}

function attachedTo(
  holder: PolicyResource,
  property: string,
  roles: readonly PolicyResource[],
): readonly PolicyResource[] {
  return [...new Set(partsOf(holder, property).flatMap((read) => linked(holder, property, roles, read)))];
}

/** Returns a reader for each item of a property that is a value or a list of values. */
function partsOf(holder: PolicyResource, property: string): readonly (() => Json)[] {
  const whole = attempt(() => listOf(inputOf(holder, property)));
  if (!whole.known) return [() => propertyOf(holder.props, property)];
  const list = whole.value;
  return Array.from({ length: list.length }, (_, index) => () => list[index]);
}
