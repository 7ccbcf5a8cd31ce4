import type { Original } from "../contract";
import { bytes, fileOf } from "./format";
import { usePage } from "./page-state";
import { ResponsiveImage } from "./responsive-image";

/** One original of the gallery; it opens the dialog. */
export function Card({ original, isEager }: { original: Original; isEager: boolean }) {
  const { originals } = usePage();
  const { key } = original;
  const className = originals.changing.value === key ? "card changing" : "card";
  return (
    <li>
      <button class={className} data-key={key} onClick={() => (originals.opened.value = original)}>
        <span class="frame">
          <ResponsiveImage key={originals.versionOf(key)} name={key} isEager={isEager} />
        </span>
        <span class="caption">
          <small>{key.slice(0, -fileOf(key).length)}</small>
          <b>{fileOf(key)}</b>
          <small>{bytes(original.bytes)}</small>
        </span>
      </button>
    </li>
  );
}
