import { randomBytes } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hashOfKey } from "../../functions/resizer/callers";
import type { StackFacts } from "../names";

const KEY_BYTES = 32;

/**
 * The key by which the function knows requests of the CDN: a random secret, which is created once and kept by AWS Systems
 * Manager's Parameter Store, encrypted there and in the stack's state.
 */
export class CdnKey extends pulumi.ComponentResource {
  /** Key that CloudFront sends. Secret. */
  readonly value: pulumi.Output<string>;
  /** Hashes of the keys that the function accepts: of this key, and of the next one. */
  readonly acceptedHashes: pulumi.Output<string>;

  constructor(
    name: string,
    { config, names }: Pick<StackFacts, "config" | "names">,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("image-resizer:infra:CdnKey", name, {}, opts);
    const { keyGeneration } = config.cdn;
    const createKey = (generation: number) =>
      new aws.ssm.Parameter(
        `${name}-${generation}`,
        {
          name: names.cdnKey(generation),
          description: "Sent by the CDN to the resizer",
          type: "SecureString",
          value: pulumi.secret(randomBytes(KEY_BYTES).toString("hex")),
        },
        // Each run has another value: the one of the run that created it stays.
        { parent: this, ignoreChanges: ["value"] },
      ).value;
    const key = createKey(keyGeneration);
    // The function comes after the CDN, so that it must know the key that the next change brings before CloudFront sends it.
    const next = createKey(keyGeneration + 1);

    this.value = key;
    // A hash does not tell its key: it may stand in the function's environment, and in a preview.
    this.acceptedHashes = pulumi.unsecret(pulumi.all([key, next]).apply((keys) => keys.map(hashOfKey).join(",")));
    this.registerOutputs({});
  }
}
