import { hasWildcard } from "../kit/glob";
import type { Statement } from "./document";
import { speaksToEverybody } from "./principal";
import { keepsFromPublic } from "./public-condition";
import { isObjectPattern } from "./resource-pattern";
import { hasEffect } from "./s3-actions";

/** What a statement of a bucket's policy lets everybody do beyond reading objects. */
export interface PublicAccess {
  /** `change` what is in the bucket or who may; `list` its keys; `inspect` how it is set up. */
  readonly what: "change" | "list" | "inspect";
  /** The action as the statement has it, or its NotAction. */
  readonly action: string;
}

/** Every action of a statement that lets everybody do something other than read objects. */
export function publicAccessOf(statement: Statement): readonly PublicAccess[] {
  if (!statement.allows || !speaksToEverybody(statement) || keepsFromPublic(statement.conditions)) return [];
  if (statement.notActions !== undefined) {
    return [{ what: "change", action: `all but ${statement.notActions.join(", ")} (NotAction)` }];
  }
  const objectsOnly = statement.notResources === undefined && (statement.resources ?? []).every(isObjectPattern);
  return (statement.actions ?? []).flatMap((action) => {
    const what = judgeAction(action, objectsOnly);
    return what === undefined ? [] : [{ what, action }];
  });
}

/**
 * Reading objects is `GetObject...` of S3, of an Object Lambda access point, or of S3 on Outposts. `s3:Get*` also reads
 * a bucket's policy and ACL, unless the statement is about objects only. Every action that begins with G is a Get.
 */
function judgeAction(action: string, objectsOnly: boolean): PublicAccess["what"] | undefined {
  if (/^s3(?:-object-lambda|-outposts)?:getobject/i.test(action)) return undefined;
  if (/^s3(?:-object-lambda|-outposts)?:(?:get|ge?[*?])/i.test(action)) return objectsOnly ? undefined : "inspect";
  const listsOnly = /^s3:l/i.test(action) || (!hasWildcard(action) && hasEffect(action, "list"));
  return listsOnly ? "list" : "change";
}
