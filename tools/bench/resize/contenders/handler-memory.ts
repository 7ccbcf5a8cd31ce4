// The same handler with the store in memory: what it costs without S3.
import { createHandler } from "../../../../functions/resizer/handler";
import { readSettings } from "../../../../functions/resizer/settings";
import type { Store } from "../../../../functions/resizer/store";
import { invoke } from "../invoke";
import { serve } from "../serve";

let original: Buffer = Buffer.alloc(0);
let variant: Buffer | undefined;
const store: Store = {
  readOriginal: () => Promise.resolve({ bytes: original, etag: "etag" }),
  writeVariant: (_key, image) => {
    variant = image.bytes;
    return Promise.resolve({ written: true });
  },
};
const handler = createHandler(readSettings(process.env), store);

serve(async (bytes, job) => {
  original = bytes;
  await invoke(handler, job);
  return variant;
});
