// Ways to ask for a variant of a spec: of sharp, and of the resizer.
import type { ResizeOptions, Sharp } from "sharp";
import type { Handler } from "../../../functions/resizer/handler";
import { parseSpec, type Spec, variantKey } from "../../../functions/variant-key";

const CONTEXT = { awsRequestId: "bench", getRemainingTimeInMillis: () => 20_000 };

/** @throws Error for what is not a spec */
export function specOf(text: string): Spec {
  const spec = parseSpec(text);
  if (!spec) throw new Error(`${text} is not a spec.`);
  return spec;
}

/** Adds what resizes to a spec: upright, cropped to a box, and never enlarged. */
export function resized(
  image: Sharp,
  { size: { width, height } }: Spec,
  box: Pick<ResizeOptions, "fit" | "position"> = {},
): Sharp {
  const isBox = width !== undefined && height !== undefined;
  return image.autoOrient().resize(width ?? null, height ?? null, { ...(isBox ? box : {}), withoutEnlargement: true });
}

/** Asks the handler for a variant as API Gateway does. @throws Error unless it answers with a redirect to it */
export async function invoke(handler: Handler, key: string, spec: string): Promise<void> {
  const rawQueryString = `key=${encodeURIComponent(variantKey(key, specOf(spec)))}`;
  const { statusCode, body } = await handler({ rawQueryString }, CONTEXT);
  if (statusCode !== 301) throw new Error(`The handler answered ${String(statusCode)}: ${body ?? ""}`);
}
