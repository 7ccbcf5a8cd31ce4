// The handler in MODULE, against S3: its first variant is KEY's at SPEC.
import { createRequire } from "node:module";
import type { Handler } from "../../../../functions/resizer/handler";
import { invoke } from "../../resize/invoke";
import { measure } from "../measure";

void measure(() => {
  const { handler } = createRequire(__filename)(process.env.MODULE ?? "") as { handler: Handler };
  return () => invoke(handler, { key: process.env.KEY ?? "", spec: process.env.SPEC ?? "" });
});
