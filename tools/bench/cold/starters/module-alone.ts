// Loads MODULE, a file, and makes nothing.
import { createRequire } from "node:module";
import { measure } from "../measure";

void measure(() => {
  createRequire(__filename)(process.env.MODULE ?? "");
  return undefined;
});
