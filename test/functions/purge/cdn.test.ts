import assert from "node:assert/strict";
import { type CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { CloudFrontCdn, invalidationPaths } from "../../../functions/purge/cdn";

describe("the paths of a variant that CloudFront is told of", () => {
  for (const [key, inQuery, expected] of [
    ["p_1/640w/a.jpg", false, ["/p_1/640w/a.jpg"]],
    ["640w/a b.jpg", false, ["/640w/a%20b.jpg"]],
    ["640w/åäö.jpg", false, ["/640w/%C3%A5%C3%A4%C3%B6.jpg"]],
    // CloudFront takes `%2B` and `+` for two files.
    ["640w/a+b&c.jpg", false, ["/640w/a%2Bb%26c.jpg", "/640w/a+b&c.jpg"]],
    ["640w/what?#.jpg", false, ["/640w/what%3F%23.jpg"]],
    ["640w/a*.jpg", false, ["/640w/a%2A.jpg"]],
    ["p_1/640w.avif/a.jpg", true, ["/p_1/640w.avif/a.jpg?key=p_1%2F640w.avif%2Fa.jpg"]],
  ] as const) {
    it(`are ${expected.join(" and ")}`, () => {
      assert.deepEqual(invalidationPaths(key, inQuery), expected);
    });
  }

  it("are no longer than CloudFront accepts, of any key that S3 accepts", () => {
    const key = `640w/${"å".repeat(505)}.jpg`;
    assert.equal(Buffer.byteLength(key), 1019);
    assert.deepEqual(invalidationPaths(key, true), [`/640w/${"%C3%A5".repeat(505)}.jpg*`]);
    assert.deepEqual(invalidationPaths(key, false), [`/640w/${"%C3%A5".repeat(505)}.jpg`]);
  });

  it("are those that clients ask for, too, where the edge chooses the format", async () => {
    const told: unknown[] = [];
    const send = (command: CreateInvalidationCommand) => {
      told.push(command.input.InvalidationBatch?.Paths);
      return Promise.resolve({});
    };
    const cdn = new CloudFrontCdn({ send } as unknown as CloudFrontClient, "E1", false);
    await cdn.invalidate(["p/640w/a.jpg", "p/640w.webp/a.jpg", "p/640w.avif/b.jpg"]);
    const Items = ["/p/640w/a.jpg", "/p/640w.webp/a.jpg", "/p/640w.avif/b.jpg", "/p/640w/b.jpg"];
    assert.deepEqual(told, [{ Quantity: 4, Items }]);
  });
});
