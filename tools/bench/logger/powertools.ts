// Powertools' logger, with the same line.
import { createRequire } from "node:module";
import type * as Powertools from "@aws-lambda-powertools/logger";
import { measure } from "../cold/measure";

void measure(() => {
  const { Logger } = createRequire(__filename)(process.env.MODULE ?? "") as typeof Powertools;
  const logger = new Logger({ serviceName: "resizer" });
  return () => {
    logger.info("variant written", {
      requestId: "request-1",
      milliseconds: 84,
      key: "p_1/640w/a.jpg",
      written: true,
    });
    return Promise.resolve();
  };
});
