import type { Trace } from "../trace";
import type { AccessRequest, Decision, Iam } from "./iam";

/** Puts a question to IAM and reports the answer as a hop of the request that it belongs to. */
export async function decideAndReport(
  iam: Iam,
  trace: Trace,
  requestId: string,
  request: AccessRequest,
): Promise<Decision> {
  const startedAt = Date.now();
  const start = performance.now();
  const decision = await iam.decide(request);
  trace.report({
    requestId,
    part: "iam",
    what: `${request.action} ${decision.allowed ? "allowed" : "denied"}`,
    status: decision.allowed ? 200 : 403,
    startedAt,
    ms: performance.now() - start,
    detail: decision.reason,
  });
  return decision;
}
