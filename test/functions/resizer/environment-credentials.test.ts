import assert from "node:assert/strict";
import { defaultProvider } from "../../../functions/resizer/shims/environment-credentials";

const NAMES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

describe("the function's credentials", () => {
  const before = NAMES.map((name) => process.env[name]);

  function setAll(...values: readonly (string | undefined)[]): void {
    NAMES.forEach((name, index) => {
      const value = values[index];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    });
  }

  afterEach(() => {
    setAll(...before);
  });

  it("are those of the environment, with the role's session token", async () => {
    setAll("AKIAEXAMPLE", "secret", "token");
    assert.deepEqual(await defaultProvider()(), {
      accessKeyId: "AKIAEXAMPLE",
      secretAccessKey: "secret",
      sessionToken: "token",
    });
  });

  it("need no session token, as keys that are not a role's have none", async () => {
    setAll("AKIAEXAMPLE", "secret");
    assert.deepEqual(await defaultProvider()(), { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" });
  });

  it("say what is missing", async () => {
    setAll("AKIAEXAMPLE");
    await assert.rejects(defaultProvider()(), {
      message: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: Lambda sets them.",
    });
  });
});
