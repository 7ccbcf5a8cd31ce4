import { globMatches } from "../lib/glob";

/** Effect of an action on S3. */
export type S3Effect = "write" | "delete" | "control" | "account" | "list";

/**
 * The actions of S3 that change or list something, in lower case (Service Authorization Reference, "Actions, resources,
 * and condition keys for Amazon S3"). All others are named s3:Get*, or do not concern a bucket's data.
 */
const ACTIONS: Readonly<Record<S3Effect, readonly string[]>> = {
  // Create or change an object.
  write: [
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
  ],
  // Delete an object, a version, or their tags.
  delete: [
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:deleteobjecttagging",
    "s3:deleteobjectversiontagging",
    "s3:replicatedelete",
    "s3:bypassgovernanceretention",
  ],
  // Change access, or the bucket itself.
  control: [
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
  ],
  // Change something that has no bucket's ARN.
  account: [
    "s3:createbucket",
    "s3:createaccesspoint",
    "s3:createjob",
    "s3:updatejobpriority",
    "s3:updatejobstatus",
    "s3:putaccountpublicaccessblock",
    "s3:tagresource",
    "s3:untagresource",
  ],
  // Show the names of objects, uploads, parts or buckets.
  list: [
    "s3:listbucket",
    "s3:listbucketversions",
    "s3:listbucketmultipartuploads",
    "s3:listmultipartuploadparts",
    "s3:listallmybuckets",
  ],
};

/** Checks whether an action of a statement, which may have wildcards, has one of these effects on S3. */
export function hasEffect(action: string, ...effects: readonly S3Effect[]): boolean {
  const pattern = action.toLowerCase();
  return effects.some((effect) => ACTIONS[effect].some((known) => globMatches(pattern, known)));
}
