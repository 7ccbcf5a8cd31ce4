// The entry of the CloudFront Function; the build puts the stack's settings in the place of EDGE_SETTINGS.
import { answer, type EdgeEvent, type EdgeRequest, type EdgeResponse } from "./handler";
import type { EdgeSettings } from "./settings";

declare const EDGE_SETTINGS: EdgeSettings;

const settings = EDGE_SETTINGS;

export function handler(event: EdgeEvent): EdgeRequest | EdgeResponse {
  return answer(event, settings);
}
