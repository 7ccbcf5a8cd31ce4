import type { Handler } from "../../../functions/resizer/handler";
import { parseSpec, variantKey } from "../../../functions/variant-key";
import type { Job } from "./protocol";

const CONTEXT = { awsRequestId: "bench", getRemainingTimeInMillis: () => 20_000 };

/** Asks the handler for a variant as API Gateway does. @throws Error where it answers anything but a redirect to it */
export async function invoke(handler: Handler, { key, spec }: Pick<Job, "key" | "spec">): Promise<void> {
  const parsed = parseSpec(spec);
  if (!parsed) throw new Error(`${spec} is no spec`);
  const rawQueryString = `key=${encodeURIComponent(variantKey(key, parsed))}`;
  const { statusCode, body } = await handler({ rawQueryString }, CONTEXT);
  if (statusCode !== 301) throw new Error(`the handler answered ${String(statusCode)}: ${body ?? ""}`);
}
