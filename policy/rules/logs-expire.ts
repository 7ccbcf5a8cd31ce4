import { isAbsent, propertyOf, shown } from "../kit/json";
import { resourceRule } from "../kit/rule";

/** Logs are deleted some day: by default CloudWatch keeps them, and bills for them, for ever. */
export const logsExpire = resourceRule(
  {
    name: "logs-expire",
    description: "A log group says how long its logs are kept.",
    severity: "low",
    enforcementLevel: "advisory",
    remediationSteps: "Set retentionInDays.",
  },
  ["aws:cloudwatch/logGroup:LogGroup"],
  {},
  ({ props }, report) => {
    // A group for logs that are delivered elsewhere keeps them for a day or two, whatever is asked for.
    if (propertyOf(props, "logGroupClass") === "DELIVERY") return;
    const days = propertyOf(props, "retentionInDays");
    if (typeof days === "number" && days > 0) return;
    report(
      isAbsent(days) || days === 0 ? "keeps its logs for ever" : `retentionInDays is ${shown(days)}`,
      "Set retentionInDays to 30, say",
    );
  },
);
