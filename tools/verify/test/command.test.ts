import path from "node:path";
import { describe, it } from "mocha";
import { assertReadmeHasOptions } from "@image-resizer/lib/cli-help";
import { command } from "../main";

describe("npm run verify", () => {
  it("has its options in the README", () => {
    assertReadmeHasOptions(path.join(__dirname, "../README.md"), command);
  });
});
