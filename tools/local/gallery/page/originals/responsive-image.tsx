import { picture } from "@image-resizer/srcset/srcset";
import { useSignal } from "@preact/signals";
import { usePage } from "../state";

/** As the columns of the gallery are in its style sheet. */
const LAYOUT = "(min-width: 1100px) 18vw, (min-width: 480px) 31vw, calc(100vw - 2rem)";
/** The API may throttle a burst of misses: requested again, they are created. */
const RETRY_AFTER_MS = [1000, 2000, 4000, 8000];

/** An original as a web page shows it: a `<picture>` with a srcset of its variants. */
export function ResponsiveImage({ name }: { name: string }) {
  const { stack, originals } = usePage();
  const failures = useSignal(0);
  const state = useSignal<"loading" | "loaded" | "broken">("loading");
  const sizes = stack.gallerySizes;
  if (sizes.length === 0) return <span class="error">No size of the stack has a width.</span>;
  const { sources, img } = picture(stack.cdn, name, { sizes, layout: LAYOUT, alt: name });
  const retry = () => {
    const delayMs = RETRY_AFTER_MS[failures.value];
    if (delayMs === undefined) state.value = "broken";
    else setTimeout(() => (failures.value += 1), delayMs);
  };
  return (
    <picture key={failures.value}>
      {sources.map(({ type, srcset }) => (
        <source key={type} type={type} srcset={originals.versioned(name, srcset)} sizes={LAYOUT} />
      ))}
      <img
        class={state.value}
        alt={img.alt}
        decoding="async"
        sizes={LAYOUT}
        srcset={originals.versioned(name, img.srcset)}
        src={originals.versioned(name, img.src)}
        onLoad={() => (state.value = "loaded")}
        onError={retry}
      />
    </picture>
  );
}
