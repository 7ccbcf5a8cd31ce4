import type { PolicyResource } from "@pulumi/policy";
import { listOf, propertyOf, type Json } from "../kit/json";
import { givenOf } from "../kit/given";
import { linked } from "../kit/links";
import { attempt, judgeAll, judgeAt } from "../kit/unknown";
import { type PolicyDocument, readDocument, type Statement } from "./document";
import { BUCKET_DOCUMENTS, judgeRoad } from "./roads";

const INLINE = "aws:iam/rolePolicy:RolePolicy";
const MANAGED = "aws:iam/policy:Policy";

/** How managed policies are attached to a role: the property that names the role, and the one that names the policies. */
const ATTACHMENTS: Readonly<Record<string, { readonly role: string; readonly policy: string }>> = {
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { role: "role", policy: "policyArn" },
  "aws:iam/policyAttachment:PolicyAttachment": { role: "roles", policy: "policyArn" },
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": { role: "roleName", policy: "policyArns" },
};

/** What visits everything that a role is granted. */
export interface GrantVisitor {
  /** A document, with the resource that holds it and where. */
  readonly document: (document: PolicyDocument, holder: PolicyResource, where: string) => void;
  /** A managed policy that is not of this stack, by its ARN. */
  readonly managed: (arn: string, holder: PolicyResource, where: string) => void;
}

/**
 * Visits every document and managed policy of a role, by whatever road of this stack it got them; and of the policies of
 * buckets, the statements that name the role.
 */
export function visitGrants(role: PolicyResource, resources: readonly PolicyResource[], visit: GrantVisitor): void {
  const document = (holder: PolicyResource, path: string): void => {
    const [property = ""] = path.split(/[.[]/);
    judgeAt({ [property]: givenOf(holder, property) }, path, (value, where) => {
      visit.document(readDocument(value, "identity"), holder, where);
    });
  };
  const managed = (holder: PolicyResource, property: string): void => {
    visitManaged(
      holder,
      property,
      resources,
      (policy) => {
        document(policy, "policy");
      },
      visit,
    );
  };
  judgeAll([
    () => {
      document(role, "inlinePolicies[].policy");
    },
    () => {
      managed(role, "managedPolicyArns");
    },
    ...resources.map((holder) => () => {
      const judge = (): void => {
        judgeRoad(BUCKET_DOCUMENTS, holder, (value, where) => {
          const named = readDocument(value, "resource").statements.filter((statement) => names(statement, role));
          if (named.length > 0) visit.document({ statements: named, problems: [] }, holder, where);
        });
      };
      // An unknown document that is not made from this role does not name it.
      if (dependsOn(holder, role)) judge();
      else attempt(judge);
    }),
    ...resources.map((holder) => () => {
      if (holder.type === INLINE && isAttached(holder, "role", role)) document(holder, "policy");
      const attachment = ATTACHMENTS[holder.type];
      if (attachment !== undefined && isAttached(holder, attachment.role, role)) managed(holder, attachment.policy);
    }),
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

function visitManaged(
  holder: PolicyResource,
  property: string,
  resources: readonly PolicyResource[],
  ours: (policy: PolicyResource) => void,
  { managed }: GrantVisitor,
): void {
  const policies = resources.filter(({ type }) => type === MANAGED);
  judgeAll(
    partsOf(holder, property).map((read) => () => {
      const found = linked(holder, property, policies, read);
      if (found.length > 0) {
        judgeAll(
          found.map((policy) => () => {
            ours(policy);
          }),
        );
        return;
      }
      // Unknown, and of no policy of this stack: the engine is told that this cannot be judged yet.
      const arn = read();
      if (typeof arn === "string") managed(arn, holder, property);
    }),
  );
}

/** A reader for each item of a property that is a value or a list of values. */
function partsOf(holder: PolicyResource, property: string): readonly (() => Json)[] {
  const whole = attempt(() => listOf(givenOf(holder, property)));
  if (!whole.known) return [() => propertyOf(holder.props, property)];
  const list = whole.value;
  return Array.from({ length: list.length }, (_, index) => () => list[index]);
}
