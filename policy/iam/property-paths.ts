import { checkEach, checkPath } from "../lib/unknown";
import type { Json } from "../lib/values";

/** Types of resources, with the paths of their properties that hold a document, an ARN or an ACL (see `checkPath`). */
export type PropertyPaths = Readonly<Record<string, readonly string[]>>;

/** Policy documents of identities. */
export const IDENTITY_DOCUMENTS: PropertyPaths = {
  "aws:iam/policy:Policy": ["policy"],
  "aws:iam/rolePolicy:RolePolicy": ["policy"],
  "aws:iam/userPolicy:UserPolicy": ["policy"],
  "aws:iam/groupPolicy:GroupPolicy": ["policy"],
  "aws:iam/role:Role": ["inlinePolicies[].policy"],
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ["inlinePolicy"],
  "aws-native:iam:ManagedPolicy": ["policyDocument"],
  "aws-native:iam:Policy": ["policyDocument"],
  "aws-native:iam:RolePolicy": ["policyDocument"],
  "aws-native:iam:UserPolicy": ["policyDocument"],
  "aws-native:iam:GroupPolicy": ["policyDocument"],
  "aws-native:iam:Role": ["policies[].policyDocument"],
  "aws-native:iam:User": ["policies[].policyDocument"],
  "aws-native:iam:Group": ["policies[].policyDocument"],
  "aws-native:sso:PermissionSet": ["inlinePolicy"],
};

/** Documents that say who may assume a role. */
export const TRUST_DOCUMENTS: PropertyPaths = {
  "aws:iam/role:Role": ["assumeRolePolicy"],
  "aws-native:iam:Role": ["assumeRolePolicyDocument"],
};

/** ARNs of managed policies that are attached to an identity, or are its permissions boundary. */
export const MANAGED_POLICIES: PropertyPaths = {
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
  "aws:budgets/budgetAction:BudgetAction": ["definition.iamActionDefinition.policyArn"],
  "aws-native:iam:Role": ["managedPolicyArns[]", "permissionsBoundary"],
  "aws-native:iam:User": ["managedPolicyArns[]", "permissionsBoundary"],
  "aws-native:iam:Group": ["managedPolicyArns[]"],
  "aws-native:sso:PermissionSet": ["managedPolicies[]", "permissionsBoundary.managedPolicyArn"],
  "aws-native:budgets:BudgetsAction": ["definition.iamActionDefinition.policyArn"],
};

/** Policy documents of buckets, and everything else that holds objects. */
export const BUCKET_DOCUMENTS: PropertyPaths = {
  "aws:s3/bucket:Bucket": ["policy"],
  "aws:s3/bucketV2:BucketV2": ["policy"],
  "aws:s3/bucketPolicy:BucketPolicy": ["policy"],
  "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": ["policy"],
  "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": ["policy"],
  "aws:s3control/bucketPolicy:BucketPolicy": ["policy"],
  "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": ["policy"],
  "aws:s3tables/tableBucketPolicy:TableBucketPolicy": ["resourcePolicy"],
  "aws:s3tables/tablePolicy:TablePolicy": ["resourcePolicy"],
  "aws-native:s3:BucketPolicy": ["policyDocument"],
  "aws-native:s3:AccessGrantsInstance": ["accessGrantsInstanceResourcePolicy"],
  "aws-native:s3express:BucketPolicy": ["policyDocument"],
  "aws-native:s3outposts:BucketPolicy": ["policyDocument"],
  "aws-native:s3tables:TableBucketPolicy": ["resourcePolicy"],
  "aws-native:s3tables:TablePolicy": ["resourcePolicy"],
  "aws-native:s3vectors:VectorBucketPolicy": ["policy"],
  "aws-native:s3files:FileSystemPolicy": ["policy"],
};

/** Policy documents of access points. */
export const ACCESS_POINT_DOCUMENTS: PropertyPaths = {
  "aws:s3/accessPoint:AccessPoint": ["policy"],
  "aws:s3control/accessPointPolicy:AccessPointPolicy": ["policy"],
  "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": ["details.policy"],
  "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": ["policy"],
  "aws-native:s3:AccessPoint": ["policy"],
  "aws-native:s3:MultiRegionAccessPointPolicy": ["policy"],
  "aws-native:s3express:AccessPoint": ["policy"],
  "aws-native:s3objectlambda:AccessPointPolicy": ["policyDocument"],
  "aws-native:s3outposts:AccessPoint": ["policy"],
};

/** Policy documents of queues and topics. */
export const MESSAGE_DOCUMENTS: PropertyPaths = {
  "aws:sqs/queue:Queue": ["policy"],
  "aws:sqs/queuePolicy:QueuePolicy": ["policy"],
  "aws:sns/topic:Topic": ["policy"],
  "aws:sns/topicPolicy:TopicPolicy": ["policy"],
  "aws-native:sqs:QueuePolicy": ["policyDocument"],
  "aws-native:sqs:QueueInlinePolicy": ["policyDocument"],
  "aws-native:sns:TopicPolicy": ["policyDocument"],
  "aws-native:sns:TopicInlinePolicy": ["policyDocument"],
};

/** Canned ACLs of buckets. */
export const BUCKET_ACLS: PropertyPaths = {
  "aws:s3/bucket:Bucket": ["acl"],
  "aws:s3/bucketV2:BucketV2": ["acl"],
  "aws:s3/bucketAcl:BucketAcl": ["acl"],
  "aws:s3/bucketAclV2:BucketAclV2": ["acl"],
  "aws-native:s3:Bucket": ["accessControl"],
};

/** Canned ACLs of objects. */
export const OBJECT_ACLS: PropertyPaths = {
  "aws:s3/bucketObject:BucketObject": ["acl"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["acl"],
  "aws:s3/objectCopy:ObjectCopy": ["acl"],
  "aws:storagegateway/nfsFileShare:NfsFileShare": ["objectAcl"],
  "aws:storagegateway/smbFileShare:SmbFileShare": ["objectAcl"],
  "aws:dms/s3Endpoint:S3Endpoint": ["cannedAclForObjects"],
  "aws:iot/topicRule:TopicRule": ["s3[].cannedAcl", "errorAction.s3.cannedAcl"],
};

/** Grants of ACLs of buckets. */
export const BUCKET_GRANTS: PropertyPaths = {
  "aws:s3/bucket:Bucket": ["grants[]"],
  "aws:s3/bucketV2:BucketV2": ["grants[]"],
  "aws:s3/bucketAcl:BucketAcl": ["accessControlPolicy.grants[]"],
  "aws:s3/bucketAclV2:BucketAclV2": ["accessControlPolicy.grants[]"],
};

/** Grants of ACLs of objects. */
export const OBJECT_GRANTS: PropertyPaths = {
  "aws:s3/objectCopy:ObjectCopy": ["grants[]"],
};

/** Settings that block public ACLs, true by default. */
export const ACL_BLOCKS: PropertyPaths = {
  "aws:s3/accessPoint:AccessPoint": ["publicAccessBlockConfiguration"],
  "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": ["details.publicAccessBlock"],
  "aws-native:s3:AccessPoint": ["publicAccessBlockConfiguration"],
  "aws-native:s3:MultiRegionAccessPoint": ["publicAccessBlockConfiguration"],
};

/** Settings of the ownership of objects. */
export const OWNERSHIPS: PropertyPaths = {
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ["rule.objectOwnership"],
  "aws-native:s3:Bucket": ["ownershipControls.rules[].objectOwnership"],
};

/** Lists the types of resources that have some property paths. */
export function typesOf(...paths: readonly PropertyPaths[]): readonly string[] {
  return [...new Set(paths.flatMap((each) => Object.keys(each)))];
}

/** Checks the values at some property paths of a resource, as `checkAll`. `report` is passed on to each check. */
export function checkPaths<R>(
  resource: { readonly type: string; readonly props: Json },
  report: R,
  checks: readonly (readonly [paths: PropertyPaths, check: (value: Json, where: string, report: R) => void])[],
): void {
  checkEach(
    checks.flatMap(([paths, check]) => (paths[resource.type] ?? []).map((path) => ({ path, check }))),
    ({ path, check }) => {
      checkPath(resource.props, path, (value, where) => {
        check(value, where, report);
      });
    },
  );
}
