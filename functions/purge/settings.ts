import type { Environment } from "../resizer/settings";
import type { MetricsPlace } from "../shared/embedded-metrics";
import type { AllowList } from "../variant-key";

/** Settings of the purge function, checked by the program that deploys it. */
export interface Settings {
  readonly bucket: string;
  readonly distributionId: string;
  /** Sizes and formats that an original can have variants in. */
  readonly allowList: AllowList;
  /** True if the CDN keeps a variant under its path with `?key=` behind it. */
  readonly keyInQuery: boolean;
  /** Absent where the stack is not monitored. */
  readonly metrics?: MetricsPlace;
}

/** The variable `SETTINGS`. `DISTRIBUTION_ID` is a variable of its own: a preview does not know it, and knows all of the rest. */
export type SettingsVariable = Omit<Settings, "distributionId">;

/** Reads the settings from the function's environment. */
export function readSettings({ SETTINGS = "", DISTRIBUTION_ID = "" }: Environment): Settings {
  return { ...(JSON.parse(SETTINGS) as SettingsVariable), distributionId: DISTRIBUTION_ID };
}
