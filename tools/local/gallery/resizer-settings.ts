import type { ProgramRun } from "@image-resizer/lib/program";
import { z } from "zod";
import type { Settings } from "../../../functions/resizer/settings";
import { inputsOf, ofType } from "../declared";

export type ResizerSettings = Pick<Settings, "fit" | "position" | "maxInputBytes" | "maxInputPixels">;

const Inputs = z.looseObject({
  environment: z.object({ variables: z.looseObject({ SETTINGS: z.string().optional() }) }).nullish(),
});

/** Returns the settings that the program declares for the function that resizes. */
export function resizerSettings({ resources }: ProgramRun): ResizerSettings {
  for (const resource of ofType(resources, "aws:lambda/function:Function")) {
    const text = inputsOf(resource, Inputs).environment?.variables.SETTINGS;
    const settings = text === undefined ? undefined : (JSON.parse(text) as Partial<ResizerSettings>);
    if (settings?.maxInputBytes !== undefined) return settings as ResizerSettings;
  }
  throw new Error("the program declares no function that resizes");
}
