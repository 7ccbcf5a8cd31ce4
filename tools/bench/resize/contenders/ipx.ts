// ipx from npm, on bytes in memory, with its own encoder settings.
import { createIPX } from "ipx";
import { parseSpec } from "../../../../functions/variant-key";
import { serve } from "../serve";

let original: Buffer = Buffer.alloc(0);
const ipx = createIPX({
  storage: { name: "memory", getMeta: () => ({}), getData: () => new Uint8Array(original).buffer },
});

serve(async (bytes, { key, spec: text }) => {
  original = bytes;
  const spec = parseSpec(text);
  const { width, height } = spec?.size ?? {};
  const { data } = await ipx(key, {
    ...(width !== undefined && height !== undefined ? { s: `${width}x${height}` } : {}),
    ...(width !== undefined && height === undefined ? { w: String(width) } : {}),
    ...(width === undefined && height !== undefined ? { h: String(height) } : {}),
    ...(spec?.format ? { f: spec.format } : {}),
  }).process();
  return Buffer.from(data);
});
