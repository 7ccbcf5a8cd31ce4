import { globMatches } from "../kit/glob";

/*
 * The actions of S3 that change or list something, in lower case, after the Service Authorization Reference ("Actions,
 * resources, and condition keys for Amazon S3"). Everything else is named s3:Get*, or is no business of a bucket's data.
 */

/** Make or change an object. */
const WRITE_ACTIONS = [
  "s3:putobject",
  "s3:putobjecttagging",
  "s3:putobjectversiontagging",
  "s3:putobjectretention",
  "s3:putobjectlegalhold",
  "s3:abortmultipartupload",
  "s3:restoreobject",
  "s3:replicateobject",
  "s3:replicatetags",
  "s3:initiatereplication",
];

/** Remove an object, a version, or their tags. */
const DELETE_ACTIONS = [
  "s3:deleteobject",
  "s3:deleteobjectversion",
  "s3:deleteobjecttagging",
  "s3:deleteobjectversiontagging",
  "s3:replicatedelete",
  "s3:bypassgovernanceretention",
];

/** Change who may do what, or the bucket itself. */
const CONTROL_ACTIONS = [
  "s3:putobjectacl",
  "s3:putobjectversionacl",
  "s3:objectowneroverridetobucketowner",
  "s3:deletebucket",
  "s3:putbucketpolicy",
  "s3:deletebucketpolicy",
  "s3:putbucketacl",
  "s3:putbucketpublicaccessblock",
  "s3:putbucketownershipcontrols",
  "s3:putbucketwebsite",
  "s3:deletebucketwebsite",
  "s3:putbucketversioning",
  "s3:putbucketnotification",
  "s3:putbucketcors",
  "s3:putbucketlogging",
  "s3:putbuckettagging",
  "s3:putbucketobjectlockconfiguration",
  "s3:putlifecycleconfiguration",
  "s3:putencryptionconfiguration",
  "s3:putreplicationconfiguration",
  "s3:putaccelerateconfiguration",
  "s3:putinventoryconfiguration",
  "s3:putmetricsconfiguration",
  "s3:putanalyticsconfiguration",
  "s3:putintelligenttieringconfiguration",
  "s3:putaccesspointpolicy",
  "s3:deleteaccesspointpolicy",
  "s3:deleteaccesspoint",
];

/** Change something that has no bucket's ARN: to be wanted, they must be asked for by name. */
const ACCOUNT_ACTIONS = [
  "s3:createbucket",
  "s3:createaccesspoint",
  "s3:createjob",
  "s3:updatejobpriority",
  "s3:updatejobstatus",
  "s3:putaccountpublicaccessblock",
  "s3:tagresource",
  "s3:untagresource",
];

/** Tell the names of objects, uploads, parts or buckets. */
const LIST_ACTIONS = [
  "s3:listbucket",
  "s3:listbucketversions",
  "s3:listbucketmultipartuploads",
  "s3:listmultipartuploadparts",
  "s3:listallmybuckets",
];

/** What an action does to a bucket. */
export type S3Effect = "write" | "delete" | "control" | "account" | "list";

const ACTIONS: Readonly<Record<S3Effect, readonly string[]>> = {
  write: WRITE_ACTIONS,
  delete: DELETE_ACTIONS,
  control: CONTROL_ACTIONS,
  account: ACCOUNT_ACTIONS,
  list: LIST_ACTIONS,
};

/** Whether an action of a statement, maybe with wildcards, has one of these effects on S3. */
export function hasEffect(action: string, ...effects: readonly S3Effect[]): boolean {
  const pattern = action.toLowerCase();
  return effects.some((effect) => ACTIONS[effect].some((known) => globMatches(pattern, known)));
}
