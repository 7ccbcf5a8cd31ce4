import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { IMAGE_ACCEPT, tryPath } from "../server";
import { type PageState, usePage } from "../state";

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

/** Requests every variant of an original through the CDN, again whenever the original changes. */
export function useVariants(key: string) {
  const page = usePage();
  const variants = useSignal<readonly Variant[]>([]);
  const tookMs = useSignal<number | undefined>(undefined);
  useEffect(() => {
    const { specs } = page.stack;
    const started = performance.now();
    let isCurrent = true;
    variants.value = specs.map((spec) => ({ spec }));
    tookMs.value = undefined;
    const queue = specs.entries();
    const work = async () => {
      for (const [index, spec] of queue) {
        const variant = await requestVariant(page, key, spec);
        if (!isCurrent) return;
        variants.value = variants.value.with(index, variant);
      }
    };
    void Promise.all(Array.from({ length: CONCURRENCY }, work)).then(() => {
      if (isCurrent) tookMs.value = performance.now() - started;
    });
    return () => {
      isCurrent = false;
    };
  }, [key, page.originals.versionOf(key)]);
  return { variants: variants.value, tookMs: tookMs.value };
}

async function requestVariant({ stack, originals }: PageState, key: string, spec: string): Promise<Variant> {
  try {
    const url = stack.urlOf(key, spec);
    const legs = await tryPath(url.slice(stack.cdn.cdnUrl.length), IMAGE_ACCEPT);
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
