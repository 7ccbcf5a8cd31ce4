/**
 * The id of the trace that X-Ray keeps of this request; undefined where it keeps none. Lambda sets the variable for each
 * request, whether the function is traced or not (Lambda developer guide, "Using Lambda environment variables").
 */
export function sampledTraceId(header = process.env._X_AMZN_TRACE_ID): string | undefined {
  if (!header?.includes("Sampled=1")) return undefined;
  return /(?:^|;)Root=([^;]+)/.exec(header)?.[1];
}
