import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Original } from "../contract";
import { type PageState, usePage } from "./page-state";
import { IMAGE_ACCEPT, tryPath } from "./server";

/** Variants requested at once: a small machine creates no more. */
const CONCURRENCY = 2;

/** A variant that is requested: neither served nor rejected while it is waited for. */
export interface Variant {
  readonly spec: string;
  readonly served?: ServedVariant;
  readonly rejected?: { readonly status?: number; readonly text: string };
}

export interface ServedVariant {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** `WEBP` */
  readonly format: string;
  readonly bytes: number;
  /** Over all redirects; undefined for a variant that existed already. */
  readonly createdInMs: number | undefined;
}

/** Requests every variant of an original through the CDN, again whenever it changes. */
export function useVariants(original: Original) {
  const page = usePage();
  const variants = useSignal<readonly Variant[]>([]);
  const tookMs = useSignal<number | undefined>(undefined);
  useEffect(() => {
    const end = new AbortController();
    const started = performance.now();
    const queue = page.stack.specs;
    variants.value = queue.map((spec) => ({ spec }));
    tookMs.value = undefined;
    const work = async () => {
      for (let spec = queue.shift(); spec !== undefined; spec = queue.shift()) {
        const variant = await requestVariant(page, original.key, spec);
        if (end.signal.aborted) return;
        variants.value = variants.value.map((one) => (one.spec === variant.spec ? variant : one));
      }
      if (variants.value.every(({ served, rejected }) => served ?? rejected)) {
        tookMs.value = performance.now() - started;
      }
    };
    for (let worker = 0; worker < CONCURRENCY; worker += 1) void work();
    return () => {
      end.abort();
    };
  }, [original]);
  return { variants: variants.value, tookMs: tookMs.value };
}

async function requestVariant({ stack, originals }: PageState, key: string, spec: string): Promise<Variant> {
  try {
    const url = stack.urlOf(key, spec);
    const legs = await tryPath(url.slice(stack.cdn.url.length), IMAGE_ACCEPT);
    const answer = legs.at(-1);
    if (answer?.status !== 200) return { spec, rejected: { status: answer?.status ?? 0, text: answer?.text ?? "" } };
    const image = new Image();
    image.src = await originals.currentUrl(key, url);
    await image.decode();
    const served = {
      url: image.src,
      width: image.naturalWidth,
      height: image.naturalHeight,
      format: (answer.headers["content-type"] ?? "").replace("image/", "").toUpperCase(),
      bytes: answer.bytes,
      createdInMs: legs.length > 1 ? legs.reduce((sum, { ms }) => sum + ms, 0) : undefined,
    };
    return { spec, served };
  } catch (error) {
    return { spec, rejected: { text: (error as Error).message } };
  }
}
