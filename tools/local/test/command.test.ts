import assert from "node:assert/strict";
import path from "node:path";
import { assertReadmeHasOptions } from "@image-resizer/lib/cli-help";
import { parseCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { UserError } from "@image-resizer/lib/program";
import { command } from "../main";

describe("the options of npm start", () => {
  it("have defaults", () => {
    const defaults = { stack: "dev", port: 8080, images: undefined, config: {}, log: "text", json: false };
    assert.deepEqual(parseCommand(command, []), defaults);
  });

  it("are read, values of the config that are JSON as JSON", () => {
    const settings = ['sizes=["64w"]', "cdn.delivery=failover", "resizer.rateLimit=80", "bucket.name=a=b", "x="];
    const config = [...settings.flatMap((setting) => ["-c", setting]), "--config", "aws:region=eu-west-1"];
    assert.deepEqual(parseCommand(command, ["--stack", "prod", "--port=0", "--images", "a b", "--json", ...config]), {
      stack: "prod",
      port: 0,
      images: "a b",
      config: {
        sizes: ["64w"],
        "cdn.delivery": "failover",
        "resizer.rateLimit": 80,
        "bucket.name": "a=b",
        x: "",
        "aws:region": "eu-west-1",
      },
      log: "text",
      json: true,
    });
  });

  for (const [args, message] of [
    [["--prot", "1"], "Unknown option '--prot' (npm start -- --help lists the options)"],
    [["--port", "65532"], '--port is "65532": allowed is an integer from 0 to 65531'],
    [["--images", ""], '--images is "": allowed is a text that is not empty'],
    [["--log", "xml"], '--log is "xml": allowed is text, json'],
    [["-c", "sizes"], '-c is "sizes": allowed is KEY=VALUE'],
  ] as const) {
    it(`are rejected: ${args.join(" ")}`, () => {
      assert.throws(() => parseCommand(command, args), new UserError(message));
    });
  }

  it("are the table in the README", () => {
    assertReadmeHasOptions(path.join(ROOT, "tools/local/README.md"), command);
  });
});
