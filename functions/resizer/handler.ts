import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { deliver, reject } from "./answer";
import { createCallerCheck, viewerOf } from "./callers";
import { Deadline } from "./deadline";
import { endProcess } from "./end-process";
import { imagesAtWork } from "./image";
import { excerptOf, log } from "../shared/log";
import { KEY_ROUTE } from "../shared/routes";
import { createMetrics } from "./metrics";
import { keysOf } from "./query";
import { Refusal } from "./refusal";
import { Resizer } from "./resizer";
import type { Settings } from "./settings";
import type { Store } from "./store";

export type Handler = (
  event: Pick<APIGatewayProxyEventV2, "rawQueryString"> & Partial<Pick<APIGatewayProxyEventV2, "routeKey" | "headers">>,
  context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Creates the Lambda handler: a query string in, a redirect, the variant or an error out. It never throws.
 * @param end called before an answer that a decoder outlives, which would slow down all further requests
 */
export function createHandler(settings: Settings, store: Store, end: () => void = endProcess): Handler {
  const resizer = new Resizer(settings, store);
  const asVariant = { cacheControl: settings.cacheControl };
  const metrics = createMetrics(settings.metrics, settings.allowList);
  const mayAsk = createCallerCheck(settings.callerHashes);

  return async ({ rawQueryString, routeKey, headers }, context) => {
    const askedByCdn = routeKey?.endsWith(KEY_ROUTE) ?? false;
    const startedAt = performance.now();
    const requestId = context.awsRequestId;
    let keys: readonly string[] = [];
    const traceId = sampledTraceId();
    const viewer = askedByCdn ? viewerOf(headers) : undefined;
    const request = () => ({
      requestId,
      ...(viewer === undefined ? {} : { viewer }),
      ...(traceId === undefined ? {} : { traceId }),
      milliseconds: Math.round(performance.now() - startedAt),
    });
    try {
      if (askedByCdn && !mayAsk(headers)) throw new Refusal("not-from-cdn", "The CDN alone may ask for this.");
      const readings = keysOf(rawQueryString);
      // The edge function encodes the key once. Under another spelling the CDN would keep a copy that no purge finds.
      keys = askedByCdn ? readings.slice(0, 1) : readings;
      const deadline = new Deadline(context.getRemainingTimeInMillis());
      const outcome = await deadline.wait(resizer.make(keys, deadline));
      if ("image" in outcome) {
        const { size, written, image, bytesIn } = outcome;
        const key = excerptOf(outcome.key);
        const made = { ...request(), key, size, format: image.format, written, bytesIn, bytesOut: image.bytes.length };
        log("info", written ? "variant written" : "variant existed already", { ...made, ...metrics.made(made) });
      } else {
        log("info", "variant existed already", {
          ...request(),
          ...outcome,
          key: excerptOf(outcome.key),
          written: false,
        });
      }
      return deliver(outcome, askedByCdn ? asVariant : settings);
    } catch (error) {
      const refusal =
        error instanceof Refusal
          ? error
          : new Refusal("internal-error", "The variant could not be created.", { cause: error });
      const level = refusal.status >= 500 ? "error" : "warn";
      const { code, cause } = refusal;
      log(level, refusal.message, {
        ...request(),
        error: code,
        keys: keys.map(excerptOf),
        cause,
        ...metrics.refused(code),
      });
      if (code === "unavailable" && imagesAtWork() > 0) {
        log("warn", "this process ends, because a decoder did not end in time", request());
        end();
      }
      return reject(refusal, requestId);
    }
  };
}

/**
 * Returns the id of the trace that X-Ray keeps of this request; undefined where it keeps none. Lambda sets the variable for each
 * request, whether the function is traced or not (Lambda developer guide, "Using Lambda environment variables").
 */
export function sampledTraceId(header = process.env._X_AMZN_TRACE_ID): string | undefined {
  if (!header?.includes("Sampled=1")) return undefined;
  return /(?:^|;)Root=([^;]+)/.exec(header)?.[1];
}
