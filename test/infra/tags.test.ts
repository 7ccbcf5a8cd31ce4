import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tagResources } from "../../infra/tags";

describe("tagResources", () => {
  it("tags what takes tags, in components too, and leaves alone what ignores changes of its tags", async () => {
    const tagsOf = new Map<string, unknown>();
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => {
        tagsOf.set(name, (inputs as { tags?: unknown }).tags);
        return { id: name, state: {} };
      },
      call: () => ({}),
    });
    await pulumi.runtime.runInPulumiStack(() => {
      tagResources({ Project: "shop" });
      const parent = new pulumi.ComponentResource("test:index:Component", "component");
      new aws.sqs.Queue("tagged", {}, { parent });
      new aws.sns.TopicPolicy("without-tags", { arn: "arn", policy: "{}" }, { parent });
      new aws.s3.Bucket("adopted", {}, { parent, ignoreChanges: ["tags"] });
      return Promise.resolve({});
    });
    await pulumi.runtime.disconnect();
    for (const [name, tags] of Object.entries({
      component: undefined,
      tagged: { Project: "shop" },
      "without-tags": undefined,
      adopted: undefined,
    })) {
      assert.ok(tagsOf.has(name), name);
      assert.deepEqual(tagsOf.get(name), tags, name);
    }
  });
});
