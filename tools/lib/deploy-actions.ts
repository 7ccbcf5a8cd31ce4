/** ARNs that a deployment needs actions on. The stack's own names begin with its prefix; ids that AWS makes up are `*`. */
export const ARNS = {
  bucket: ["s3:::{prefix}-*", "s3:::{bucket}"],
  objects: ["s3:::{prefix}-*/*"],
  lambda: ["lambda:{region}:{account}:function:{prefix}-*"],
  mapping: ["lambda:{region}:{account}:event-source-mapping:*"],
  role: ["iam::{account}:role/{prefix}-*"],
  logs: ["logs:{region}:{account}:log-group:/aws/lambda/{prefix}-*", "logs:{region}:{account}:log-group:*/{prefix}*"],
  api: ["apigateway:{region}::/apis", "apigateway:{region}::/apis/*", "apigateway:{region}::/tags/*"],
  parameter: ["ssm:{region}:{account}:parameter/{prefix}/*"],
  cloudfront: ["cloudfront::{account}:*"],
  queue: ["sqs:{region}:{account}:{prefix}-*"],
  topic: ["sns:{region}:{account}:{prefix}-*"],
  rule: ["events:{region}:{account}:rule/{prefix}-*"],
  alarm: ["cloudwatch:{region}:{account}:alarm:{project}/{stack}/*"],
  dashboard: ["cloudwatch::{account}:dashboard/{prefix}"],
  budget: ["budgets::{account}:budget/{prefix}"],
  trail: ["cloudtrail:{region}:{account}:trail/{prefix}"],
  certificate: ["acm:us-east-1:{account}:certificate/*"],
  zone: ["route53:::hostedzone/*", "route53:::change/*"],
  /** AWS has nothing narrower (Service Authorization Reference). */
  any: undefined,
} as const;

type Arn = keyof typeof ARNS;
/** `s3:GetBucket*` on the ARNs of a kind. */
type Grant = readonly [on: Arn, service: string, ...actions: string[]];

const BUCKET_CONFIG: Grant = ["bucket", "s3", "GetBucket*", "PutBucket*", "ListBucket"];
const TAGS = ["TagResource", "UntagResource", "ListTagsForResource"];
const LAMBDA_TAGS = ["ListTags", "TagResource", "UntagResource"];
const HTTP = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ofCloudFront = (kind: string): Grant => [
  "cloudfront",
  "cloudfront",
  ...["Create", "Get", "Update", "Delete"].map((verb) => `${verb}${kind}*`),
];

/**
 * Actions by type of what the program registers: to create, read, update, tag and delete it, as the AWS provider does
 * (github.com/hashicorp/terraform-provider-aws, internal/service) and the Service Authorization Reference names them.
 */
export const ACTIONS: Readonly<Record<string, readonly Grant[]>> = {
  "aws:s3/bucket:Bucket": [
    [...BUCKET_CONFIG, "CreateBucket", "DeleteBucket", ...TAGS],
    ["bucket", "s3", "GetAccelerateConfiguration", "GetEncryptionConfiguration", "GetLifecycleConfiguration"],
    ["bucket", "s3", "GetReplicationConfiguration", "ListBucketVersions"],
    // For bucket.forceDestroy.
    ["objects", "s3", "DeleteObject", "DeleteObjectVersion"],
  ],
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": [BUCKET_CONFIG],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    ["bucket", "s3", "GetLifecycleConfiguration", "PutLifecycleConfiguration"],
  ],
  "aws:s3/bucketNotification:BucketNotification": [BUCKET_CONFIG],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": [BUCKET_CONFIG],
  "aws:s3/bucketPolicy:BucketPolicy": [[...BUCKET_CONFIG, "DeleteBucketPolicy"]],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [BUCKET_CONFIG],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    ["bucket", "s3", "GetEncryptionConfiguration", "PutEncryptionConfiguration"],
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [BUCKET_CONFIG],
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": [
    [...BUCKET_CONFIG, "DeleteBucketWebsite"],
    ["any", "s3", "GetAccountPublicAccessBlock"],
  ],
  "aws:lambda/function:Function": [
    ["lambda", "lambda", "CreateFunction", "DeleteFunction", "GetFunction*", "GetPolicy", "ListVersionsByFunction"],
    ["lambda", "lambda", "UpdateFunctionCode", "UpdateFunctionConfiguration", ...LAMBDA_TAGS],
    ["lambda", "lambda", "PutFunctionConcurrency", "DeleteFunctionConcurrency"],
    ["role", "iam", "PassRole"],
  ],
  "aws:lambda/permission:Permission": [["lambda", "lambda", "AddPermission", "RemovePermission", "GetPolicy"]],
  "aws:lambda/eventSourceMapping:EventSourceMapping": [
    ["mapping", "lambda", "GetEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"],
    ["mapping", "lambda", ...LAMBDA_TAGS],
    ["any", "lambda", "CreateEventSourceMapping", "ListEventSourceMappings"],
  ],
  "aws:iam/role:Role": [
    ["role", "iam", "CreateRole", "DeleteRole", "GetRole", "UpdateRole*", "UpdateAssumeRolePolicy", "TagRole"],
    ["role", "iam", "UntagRole", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"],
    ["role", "iam", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"],
  ],
  "aws:iam/rolePolicy:RolePolicy": [["role", "iam", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy"]],
  "aws:cloudwatch/logGroup:LogGroup": [
    ["logs", "logs", "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", ...TAGS],
    ["any", "logs", "DescribeLogGroups"],
  ],
  "aws:apigatewayv2/api:Api": [["api", "apigateway", ...HTTP]],
  "aws:apigatewayv2/integration:Integration": [["api", "apigateway", ...HTTP]],
  "aws:apigatewayv2/route:Route": [["api", "apigateway", ...HTTP]],
  "aws:apigatewayv2/stage:Stage": [
    ["api", "apigateway", ...HTTP],
    // The access log (API Gateway guide, "Configure logging for HTTP APIs").
    ["any", "logs", "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"],
    ["any", "logs", "ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"],
  ],
  "aws:ssm/parameter:Parameter": [
    ["parameter", "ssm", "PutParameter", "GetParameter", "GetParameters", "DeleteParameter"],
    ["parameter", "ssm", "AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"],
    ["any", "ssm", "DescribeParameters"],
  ],
  "aws:cloudfront/cachePolicy:CachePolicy": [ofCloudFront("CachePolicy")],
  "aws:cloudfront/distribution:Distribution": [[...ofCloudFront("Distribution"), ...TAGS]],
  "aws:cloudfront/function:Function": [[...ofCloudFront("Function"), "DescribeFunction", "PublishFunction"]],
  "aws:cloudfront/originAccessControl:OriginAccessControl": [ofCloudFront("OriginAccessControl")],
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": [ofCloudFront("ResponseHeadersPolicy")],
  "aws:sqs/queue:Queue": [
    ["queue", "sqs", "CreateQueue", "DeleteQueue", "GetQueueAttributes", "GetQueueUrl", "SetQueueAttributes"],
    ["queue", "sqs", "ListQueueTags", "TagQueue", "UntagQueue"],
  ],
  "aws:sqs/queuePolicy:QueuePolicy": [["queue", "sqs", "GetQueueAttributes", "SetQueueAttributes"]],
  "aws:sns/topic:Topic": [
    ["topic", "sns", "CreateTopic", "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", ...TAGS],
  ],
  "aws:sns/topicPolicy:TopicPolicy": [["topic", "sns", "GetTopicAttributes", "SetTopicAttributes"]],
  "aws:sns/topicSubscription:TopicSubscription": [
    ["topic", "sns", "Subscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"],
    ["any", "sns", "Unsubscribe"],
  ],
  "aws:cloudwatch/eventRule:EventRule": [
    ["rule", "events", "PutRule", "DeleteRule", "DescribeRule", "EnableRule", "DisableRule", ...TAGS],
  ],
  "aws:cloudwatch/eventTarget:EventTarget": [["rule", "events", "PutTargets", "RemoveTargets", "ListTargetsByRule"]],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    ["alarm", "cloudwatch", "PutMetricAlarm", "DeleteAlarms", ...TAGS],
    ["any", "cloudwatch", "DescribeAlarms"],
  ],
  "aws:cloudwatch/dashboard:Dashboard": [
    ["dashboard", "cloudwatch", "PutDashboard", "GetDashboard", "DeleteDashboards"],
  ],
  "aws:budgets/budget:Budget": [["budget", "budgets", "ViewBudget", "ModifyBudget", ...TAGS]],
  "aws:costexplorer/costAllocationTag:CostAllocationTag": [
    ["any", "ce", "ListCostAllocationTags", "UpdateCostAllocationTagsStatus"],
  ],
  "aws:acm/certificate:Certificate": [
    ["certificate", "acm", "DescribeCertificate", "DeleteCertificate", "ListTagsForCertificate"],
    ["certificate", "acm", "AddTagsToCertificate", "RemoveTagsFromCertificate"],
    ["any", "acm", "RequestCertificate"],
  ],
  "aws:acm/certificateValidation:CertificateValidation": [["certificate", "acm", "DescribeCertificate"]],
  "aws:route53/record:Record": [
    ["zone", "route53", "ChangeResourceRecordSets", "ListResourceRecordSets", "GetHostedZone", "GetChange"],
  ],
  // With the policy of its bucket.
  "awsx:cloudtrail:Trail": [
    ["trail", "cloudtrail", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "AddTags"],
    ["trail", "cloudtrail", "RemoveTags", "ListTags", "GetTrail", "GetTrailStatus", "GetEventSelectors"],
    ["trail", "cloudtrail", "PutEventSelectors", "GetInsightSelectors"],
    ["any", "cloudtrail", "DescribeTrails"],
    [...BUCKET_CONFIG, "DeleteBucketPolicy"],
  ],
};
