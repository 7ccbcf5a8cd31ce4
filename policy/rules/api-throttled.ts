import { type Report, resourceRule } from "../lib/rule";
import { checkAll, checkEach } from "../lib/unknown";
import { isAbsent, listOf, propertyOf, shown, type Json } from "../lib/values";

const LIMITS = ["throttlingRateLimit", "throttlingBurstLimit"];

/** The requests of an API are limited, and not to nothing. */
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
    checkAll([
      () => {
        const settings = propertyOf(props, "defaultRouteSettings");
        // The route $default has every request that no other route has, and may have limits of its own.
        const routes = listOf(propertyOf(props, "routeSettings"));
        if (isAbsent(settings) && routes.some((route) => propertyOf(route, "routeKey") === "$default")) return;
        checkLimits(settings, "defaultRouteSettings", report);
      },
      () => {
        checkEach(listOf(propertyOf(props, "routeSettings")), (settings) => {
          checkLimits(settings, `routeSettings of ${shown(propertyOf(settings, "routeKey"))}`, report);
        });
      },
    ]);
  },
);

/** API Gateway reads a missing number as 0 if the other is set, and then answers 429 to every request. */
function checkLimits(settings: Json, where: string, report: Report): void {
  for (const limit of LIMITS) {
    const value = propertyOf(settings, limit);
    if (typeof value === "number" && value > 0) continue;
    report(
      `${where} has ${isAbsent(value) ? `no ${limit}` : `a ${limit} of ${shown(value)}`}`,
      `Set both ${LIMITS.join(" and ")}, above 0`,
    );
  }
}
