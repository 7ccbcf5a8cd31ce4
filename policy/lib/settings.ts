import { parsed, propertyOf, recordOf, type Json } from "./values";

/** Variable that holds the settings of a function as JSON. */
const VARIABLE = "SETTINGS";
/** Settings of a function that creates variants itself. */
const SETTINGS_OF_A_RESIZER = ["maxInputBytes", "maxInputPixels"];

/** Returns the settings of a function with an allow-list, or of one that creates variants; undefined for any other. */
export function settingsOf(props: Json): Readonly<Record<string, Json>> | undefined {
  const variables = propertyOf(propertyOf(props, "environment"), "variables");
  const settings = recordOf(parsed(propertyOf(variables, VARIABLE)));
  const has = (name: string) => settings !== undefined && Object.hasOwn(settings, name);
  return ["allowList", ...SETTINGS_OF_A_RESIZER].some(has) ? settings : undefined;
}

/** Checks whether a function creates variants, by its settings. */
export function isResizer(props: Json): boolean {
  const settings = settingsOf(props);
  return settings !== undefined && SETTINGS_OF_A_RESIZER.some((name) => Object.hasOwn(settings, name));
}
