import { isAbsent, propertyOf, shown, type Json } from "../kit/json";
import { type Report, resourceRule } from "../kit/rule";
import { judgeAll, judgeEach } from "../kit/unknown";

const LIMITS = ["throttlingRateLimit", "throttlingBurstLimit"];

/** What the API takes is bounded, and is not nothing. */
export const apiThrottled = resourceRule(
  {
    name: "api-throttled",
    description: "An API's stage has both throttle numbers, above 0.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Set throttlingRateLimit and throttlingBurstLimit in defaultRouteSettings, both above 0.",
  },
  ["aws:apigatewayv2/stage:Stage"],
  {},
  ({ props }, report) => {
    judgeAll([
      () => {
        judgeLimits(propertyOf(props, "defaultRouteSettings"), "defaultRouteSettings", report);
      },
      () => {
        judgeEach(propertyOf(props, "routeSettings"), (settings) => {
          judgeLimits(settings, `routeSettings of ${shown(propertyOf(settings, "routeKey"))}`, report);
        });
      },
    ]);
  },
);

/** One number alone makes API Gateway take the other for 0: every request is answered 429. */
function judgeLimits(settings: Json, where: string, report: Report): void {
  for (const limit of LIMITS) {
    const value = propertyOf(settings, limit);
    if (typeof value === "number" && value > 0) continue;
    report(
      isAbsent(value) ? `${where} has no ${limit}` : `${where} has a ${limit} of ${shown(value)}`,
      `Set both ${LIMITS.join(" and ")}, above 0`,
    );
  }
}
