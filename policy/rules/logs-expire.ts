import { resourceRule } from "../lib/rule";
import { isAbsent, propertyOf, shown } from "../lib/values";

/** Logs are deleted after some days: by default CloudWatch keeps them, and bills for them, forever. */
export const logsExpire = resourceRule(
  {
    name: "logs-expire",
    description: "A log group has a retention.",
    severity: "low",
    enforcementLevel: "advisory",
    remediationSteps: "Set retentionInDays.",
  },
  ["aws:cloudwatch/logGroup:LogGroup"],
  {},
  ({ props }, report) => {
    // A group for logs that are delivered elsewhere keeps them for a day or two, whatever its retention.
    if (propertyOf(props, "logGroupClass") === "DELIVERY") return;
    const days = propertyOf(props, "retentionInDays");
    if (typeof days === "number" && days > 0) return;
    report(
      isAbsent(days) || days === 0 ? "keeps its logs forever" : `retentionInDays is ${shown(days)}`,
      "Set retentionInDays, for example to 30",
    );
  },
);
