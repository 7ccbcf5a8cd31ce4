// The entry of the CloudFront Function; the build puts the stack's settings in the place of EDGE_SETTINGS.
import type { EdgeEvent, EdgeRequest, EdgeResponse } from "./event";
import { answer } from "./handler";
import type { EdgeSettings } from "./settings";

declare const EDGE_SETTINGS: EdgeSettings;

const settings = EDGE_SETTINGS;

export function handler(event: EdgeEvent): EdgeRequest | EdgeResponse {
  return answer(event, settings);
}
