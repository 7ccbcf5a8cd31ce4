import actions from "../data/s3-actions.json";
import { globMatches, hasWildcard } from "../lib/glob";

/**
 * Effect of an action on S3: to create or change an object (`write`); to delete an object, a version, or their tags
 * (`delete`); to change access, or a bucket itself (`control`); to change something that is no existing bucket
 * (`account`); to show names of objects, uploads, buckets and the like (`list`).
 */
export type S3Effect = "write" | "delete" | "control" | "account" | "list";

/** The actions of all of S3's services, in lower case. All others read, or do not concern a bucket's data. */
const ACTIONS: Readonly<Record<S3Effect, ReadonlySet<string>>> = {
  write: lowerCase(actions.write),
  delete: lowerCase(actions.delete),
  control: lowerCase(actions.control),
  account: lowerCase(actions.account),
  list: lowerCase(actions.list),
};

/** Checks whether an action of a statement, which may have wildcards, has one of these effects on S3. */
export function hasEffect(action: string, ...effects: readonly S3Effect[]): boolean {
  const pattern = action.toLowerCase();
  if (!hasWildcard(pattern)) return effects.some((effect) => ACTIONS[effect].has(pattern));
  return effects.some((effect) => some(ACTIONS[effect], (known) => globMatches(pattern, known)));
}

/** Checks whether an action of `s3` itself with one of these effects is left by a statement's NotAction. */
export function leavesEffect(notActions: readonly string[], ...effects: readonly S3Effect[]): boolean {
  const patterns = notActions.map((action) => action.toLowerCase());
  const isLeft = (known: string) => known.startsWith("s3:") && !patterns.some((it) => globMatches(it, known));
  return effects.some((effect) => some(ACTIONS[effect], isLeft));
}

function some(names: ReadonlySet<string>, check: (name: string) => boolean): boolean {
  for (const name of names) if (check(name)) return true;
  return false;
}

function lowerCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
