import type { PolicyResource } from "@pulumi/policy";
import { inputOf, linked } from "../lib/links";
import { attempt, checkAll, checkEach, checkPath } from "../lib/unknown";
import { listOf, propertyOf, type Json } from "../lib/values";
import { type PolicyDocument, readDocument, type Statement } from "./document";
import { BUCKET_DOCUMENTS, checkPaths } from "./property-paths";

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

/** Visits every document and managed policy of a role, and the statements of bucket policies that name the role. */
export function visitGrants(role: PolicyResource, resources: readonly PolicyResource[], visit: GrantVisitor): void {
  const document = (holder: PolicyResource, path: string): void => {
    const [property = ""] = path.split(/[.[]/);
    checkPath({ [property]: inputOf(holder, property) }, path, (value, where) => {
      visit.document(readDocument(value, "identity"), holder, where);
    });
  };
  const managed = (holder: PolicyResource, property: string): void => {
    const policies = resources.filter(({ type }) => type === MANAGED);
    checkEach(partsOf(holder, property), (read) => {
      const found = linked(holder, property, policies, read);
      checkEach(found, (policy) => {
        document(policy, "policy");
      });
      if (found.length > 0) return;
      // An unknown ARN throws here, so that the engine reports the rule as undecided.
      const arn = read();
      if (typeof arn === "string") visit.managed(arn, holder, property);
    });
  };
  const bucketDocument = (holder: PolicyResource): void => {
    const check = (value: Json, where: string): void => {
      const statements = readDocument(value, "resource").statements.filter((statement) => names(statement, role));
      if (statements.length > 0) visit.document({ statements, problems: [] }, holder, where);
    };
    const checkDocuments = (): void => {
      checkPaths(holder, undefined, [[BUCKET_DOCUMENTS, check]]);
    };
    // An unknown document that does not depend on this role does not name it.
    if (dependsOn(holder, role)) checkDocuments();
    else attempt(checkDocuments);
  };
  checkAll([
    () => {
      document(role, "inlinePolicies[].policy");
    },
    () => {
      managed(role, "managedPolicyArns");
    },
    ...resources.flatMap((holder) => [
      () => {
        bucketDocument(holder);
      },
      () => {
        if (holder.type === INLINE && isAttached(holder, "role", role)) document(holder, "policy");
        const attachment = ATTACHMENTS[holder.type];
        if (attachment !== undefined && isAttached(holder, attachment.role, role)) managed(holder, attachment.policy);
      },
    ]),
  ]);
}

function names({ principals = [] }: Statement, role: PolicyResource): boolean {
  const arn = attempt(() => propertyOf(role.props, "arn"));
  return arn.known && principals.some(({ value }) => value === arn.value);
}

function dependsOn(holder: PolicyResource, role: PolicyResource): boolean {
  return Object.values(holder.propertyDependencies).some((dependencies) =>
    dependencies.some(({ urn }) => urn === role.urn),
  );
}

function isAttached(holder: PolicyResource, property: string, role: PolicyResource): boolean {
  return partsOf(holder, property).some((read) => linked(holder, property, [role], read).length > 0);
}

/** Returns a reader for each item of a property that is a value or a list of values. */
function partsOf(holder: PolicyResource, property: string): readonly (() => Json)[] {
  const whole = attempt(() => listOf(inputOf(holder, property)));
  if (!whole.known) return [() => propertyOf(holder.props, property)];
  const list = whole.value;
  return Array.from({ length: list.length }, (_, index) => () => list[index]);
}
