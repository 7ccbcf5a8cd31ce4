import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hashOfKey } from "../../functions/resizer/callers";
import type { StackFacts } from "../names";

/**
 * The key by which the function knows requests of the CDN. AWS makes it up: an API key of API Gateway that no API uses is a
 * random secret, free, the same at every run, and encrypted in the stack's state.
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
      new aws.apigateway.ApiKey(
        `${name}-${generation}`,
        { name: names.cdnKey(generation), description: "Sent by the CDN to the resizer", enabled: false },
        { parent: this },
      );
    const key = createKey(keyGeneration);
    // The function comes after the CDN, so that it must know the key that the next change brings before CloudFront sends it.
    const next = createKey(keyGeneration + 1);

    this.value = key.value;
    // A hash does not tell its key: it may stand in the function's environment, and in a preview. A key that its provider
    // does not report has none, and is not accepted.
    const known = (keys: readonly (string | undefined)[]) => keys.filter((it) => it !== undefined);
    this.acceptedHashes = pulumi.unsecret(
      pulumi.all([key.value, next.value]).apply((keys) => known(keys).map(hashOfKey).join(",")),
    );
    this.registerOutputs({});
  }
}
