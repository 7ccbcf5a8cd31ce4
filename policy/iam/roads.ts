import type { Json } from "../kit/json";
import { judgeAll, judgeAt } from "../kit/unknown";

/*
 * Every road by which a document or a managed policy reaches an identity, and a policy or an ACL a bucket: the type of
 * the resource, and the paths to the property (`kit/unknown.ts` says how they are read).
 */

export type Roads = Readonly<Record<string, readonly string[]>>;

/** Documents that say what an identity may do. */
export const IDENTITY_DOCUMENTS: Roads = {
  "aws:iam/policy:Policy": ["policy"],
  "aws:iam/rolePolicy:RolePolicy": ["policy"],
  "aws:iam/userPolicy:UserPolicy": ["policy"],
  "aws:iam/groupPolicy:GroupPolicy": ["policy"],
  "aws:iam/role:Role": ["inlinePolicies[].policy"],
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ["inlinePolicy"],
};

/** ARNs of managed policies that an identity gets, or is bounded by. */
export const MANAGED_POLICIES: Roads = {
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["policyArn"],
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": ["policyArn"],
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": ["policyArn"],
  "aws:iam/policyAttachment:PolicyAttachment": ["policyArn"],
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": ["policyArns[]"],
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": ["policyArns[]"],
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": ["policyArns[]"],
  "aws:iam/role:Role": ["managedPolicyArns[]", "permissionsBoundary"],
  "aws:iam/user:User": ["permissionsBoundary"],
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": ["managedPolicyArn"],
  "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": ["managedPolicyArns[]"],
  "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": ["permissionsBoundary.managedPolicyArn"],
  "aws:quicksight/iamPolicyAssignment:IamPolicyAssignment": ["policyArn"],
};

/** Documents that say who may use a bucket, an access point, or what else holds objects. */
export const BUCKET_DOCUMENTS: Roads = {
  "aws:s3/bucket:Bucket": ["policy"],
  "aws:s3/bucketV2:BucketV2": ["policy"],
  "aws:s3/bucketPolicy:BucketPolicy": ["policy"],
  "aws:s3/accessPoint:AccessPoint": ["policy"],
  "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": ["policy"],
  "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": ["policy"],
  "aws:s3control/accessPointPolicy:AccessPointPolicy": ["policy"],
  "aws:s3control/bucketPolicy:BucketPolicy": ["policy"],
  "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": ["details.policy"],
  "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": ["policy"],
  "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": ["policy"],
  "aws:s3tables/tableBucketPolicy:TableBucketPolicy": ["resourcePolicy"],
  "aws:s3tables/tablePolicy:TablePolicy": ["resourcePolicy"],
};

/** Canned ACLs of buckets. */
export const BUCKET_ACLS: Roads = {
  "aws:s3/bucket:Bucket": ["acl"],
  "aws:s3/bucketV2:BucketV2": ["acl"],
  "aws:s3/bucketAcl:BucketAcl": ["acl"],
  "aws:s3/bucketAclV2:BucketAclV2": ["acl"],
};

/** Canned ACLs of objects. */
export const OBJECT_ACLS: Roads = {
  "aws:s3/bucketObject:BucketObject": ["acl"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["acl"],
  "aws:s3/objectCopy:ObjectCopy": ["acl"],
};

/** Grants of ACLs of buckets. */
export const BUCKET_GRANTS: Roads = {
  "aws:s3/bucket:Bucket": ["grants[]"],
  "aws:s3/bucketV2:BucketV2": ["grants[]"],
  "aws:s3/bucketAcl:BucketAcl": ["accessControlPolicy.grants[]"],
  "aws:s3/bucketAclV2:BucketAclV2": ["accessControlPolicy.grants[]"],
};

/** Grants of ACLs of objects. */
export const OBJECT_GRANTS: Roads = {
  "aws:s3/objectCopy:ObjectCopy": ["grants[]"],
};

/** Settings that keep ACLs from being public, true unless said otherwise. */
export const ACL_BLOCKS: Roads = {
  "aws:s3/accessPoint:AccessPoint": ["publicAccessBlockConfiguration"],
  "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": ["details.publicAccessBlock"],
};

/** The types of some roads. */
export function typesOf(...roads: readonly Roads[]): readonly string[] {
  return [...new Set(roads.flatMap((road) => Object.keys(road)))];
}

/** Judges every value that a road leads to in a resource, as `judgeAll`. */
export function judgeRoad(
  road: Roads,
  resource: { readonly type: string; readonly props: Json },
  judge: (value: Json, where: string) => void,
): void {
  judgeAll(
    (road[resource.type] ?? []).map((path) => () => {
      judgeAt(resource.props, path, judge);
    }),
  );
}
