// The resizer's handler: its deployable bundle, against S3. HANDLER_BUNDLE says where it is.
import { createRequire } from "node:module";
import type { Handler } from "../../../../functions/resizer/handler";
import { invoke } from "../invoke";
import { serve } from "../serve";

const { handler } = createRequire(__filename)(process.env.HANDLER_BUNDLE ?? "") as { handler: Handler };

serve((_original, job) => invoke(handler, job).then(() => undefined), { reads: false });
