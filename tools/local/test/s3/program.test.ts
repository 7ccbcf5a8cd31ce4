import assert from "node:assert/strict";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ADMINISTRATOR, rolePrincipal } from "../../iam/iam";
import { runProgram } from "@image-resizer/lib/program";
import { openStorage, type Storage } from "../../s3/storage";
import { Trace } from "../../trace";
import { raw, errorOf, sdkClient } from "./storage-helper";

for (const stack of ["dev", "prod"]) {
  describe(`the storage side of the ${stack} stack`, () => {
    let storage: Storage;
    before(async () => {
      storage = await openStorage({ run: await runProgram({ stack }), trace: new Trace() });
    });
    after(() => storage.close());

    it("lets the role of the resizer write variants of listed sizes only, and every client read", async () => {
      // Beside it there may be the bucket of the audit trail.
      const Bucket = [...storage.buckets].find((name) => /-\d{12}$/.test(name)) ?? "";
      const [roleArn = ""] = storage.iam.policies.roles.keys();
      assert.equal(storage.iam.assumable(roleArn, "lambda.amazonaws.com").allowed, true);
      const s3 = await storage.startS3(0);
      const website = await storage.startWebsite(Bucket, 0, (location) => location);
      const role = sdkClient(s3.url, storage.credentials.issue(rolePrincipal(roleArn)));
      const admin = sdkClient(s3.url, storage.credentials.issue(ADMINISTRATOR));
      const put = (Key: string) => new PutObjectCommand({ Bucket, Key, Body: "x", IfNoneMatch: "*" });
      assert.equal(await errorOf(role.send(put("p_1/360x270/a.jpg"))), "no error");
      assert.equal(await errorOf(role.send(put("p_1/361x270/a.jpg"))), "403 AccessDenied");
      assert.equal(await errorOf(role.send(put("p_1/a.jpg"))), "403 AccessDenied");
      assert.equal(await errorOf(admin.send(put("p_1/a.jpg"))), "no error");
      for (const key of ["p_1/a.jpg", "p_1/360x270/a.jpg"])
        assert.equal((await raw(website, "GET", `/${key}`)).status, 200);
      const miss = await raw(website, "GET", "/p_1/360x270/b%20c.jpg");
      assert.equal(miss.status, 307);
      assert.match(
        String(miss.headers.location),
        new RegExp(
          `^https://[a-z0-9]+\\.execute-api\\.[a-z0-9-]+\\.amazonaws\\.com/${stack}/resizer\\?key=p_1/360x270/b%20c\\.jpg$`,
        ),
      );
      for (const client of [role, admin]) client.destroy();
    });
  });
}
