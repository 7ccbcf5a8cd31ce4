import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { apiThrottled } from "./api-throttled";
import { bucketEncrypted } from "./bucket-encrypted";
import { cdnBucketPrivate } from "./cdn-bucket-private";
import { cdnHttpsOnly } from "./cdn-https-only";
import { imageFunctionSized } from "./image-function-sized";
import { logsExpire } from "./logs-expire";
import { noPublicMessages } from "./no-public-messages";
import { noPublicWrite } from "./no-public-write";
import { noRedirectLoop } from "./no-redirect-loop";
import { noS3FullAccess } from "./no-s3-full-access";
import { noStaticCredentials } from "./no-static-credentials";
import { requiredTags } from "./required-tags";
import { resizerLeastPrivilege } from "./resizer-least-privilege";
import { sizeAllowListBounded } from "./size-allow-list-bounded";

/** Every rule of the pack, the gravest first. */
export const rules: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  noS3FullAccess,
  noPublicWrite,
  noStaticCredentials,
  noPublicMessages,
  cdnBucketPrivate,
  resizerLeastPrivilege,
  noRedirectLoop,
  imageFunctionSized,
  sizeAllowListBounded,
  cdnHttpsOnly,
  apiThrottled,
  bucketEncrypted,
  logsExpire,
  requiredTags,
];
