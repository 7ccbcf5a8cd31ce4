// Asks the handler in MODULE for one variant, as many times at once as it is told.
import { createRequire } from "node:module";
import type { Handler } from "../../../functions/resizer/handler";
import { invoke } from "../resize/invoke";

const { handler } = createRequire(__filename)(process.env.MODULE ?? "") as { handler: Handler };
const variant = { key: process.env.KEY ?? "", spec: process.env.SPEC ?? "" };

process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
process.on("message", (requests: number) => {
  const start = performance.now();
  Promise.all(Array.from({ length: requests }, () => invoke(handler, variant))).then(
    () => process.send?.({ wallMs: performance.now() - start }),
    (error: unknown) => process.send?.({ failed: (error as Error).message }),
  );
});
