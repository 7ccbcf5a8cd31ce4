import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RESIZER_PATH } from "./resize-api";

export interface MissRoutingArgs {
  readonly bucketName: pulumi.Output<string>;
  /** The API that creates variants. */
  readonly api: { readonly host: pulumi.Output<string>; readonly stage: string };
}

/**
 * The bucket's website, with the routing rule that sends a miss to the resizer. The CDN comes after it: CloudFront would
 * answer 404 for a website that is not there yet.
 */
export class MissRouting extends pulumi.ComponentResource {
  constructor(name: string, args: MissRoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:MissRouting", name, {}, opts);

    new aws.s3.BucketWebsiteConfiguration(
      name,
      {
        bucket: args.bucketName,
        // S3 requires one; there is no such object, and a request for it is a miss like any other.
        indexDocument: { suffix: "index.html" },
        routingRules: [
          {
            condition: { httpErrorCodeReturnedEquals: "404" },
            redirect: {
              protocol: "https",
              hostName: args.api.host,
              // Temporary: CloudFront keeps a 307 only if it says how long, and S3's does not.
              httpRedirectCode: "307",
              replaceKeyPrefixWith: `${args.api.stage}/${RESIZER_PATH}?key=`,
            },
          },
        ],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
