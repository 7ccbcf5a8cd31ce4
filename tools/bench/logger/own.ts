// The function's own logger: loads it and writes one line.
import { createRequire } from "node:module";
import type * as Log from "../../../functions/log";
import { measure } from "../cold/measure";

void measure(() => {
  const { log } = createRequire(__filename)(process.env.MODULE ?? "") as typeof Log;
  return () => {
    log("info", "variant written", { requestId: "request-1", milliseconds: 84, key: "p_1/640w/a.jpg", written: true });
    return Promise.resolve();
  };
});
