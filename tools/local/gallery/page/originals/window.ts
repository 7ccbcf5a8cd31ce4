import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Originals } from "./originals";

/** Places of a list of cards that are drawn, and the space of those that are not, in pixels. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

export interface Grid {
  readonly total: number;
  readonly columns: number;
  /** Height of a row with the gap below it. */
  readonly rowHeight: number;
  /** Top of the list on the screen: negative when it is scrolled. */
  readonly top: number;
  readonly screenHeight: number;
}

/** Before the first card is measured. */
const FIRST: Window = { from: 0, to: 6, above: 0, below: 0 };
/** Rows drawn above and below those in sight, where the Tab key may go. */
const SPARE_ROWS = 1;

/** Returns the cards that are in sight, whole rows of them, and at least one: the next one is measured by it. */
export function windowOf({ total, columns, rowHeight, top, screenHeight }: Grid): Window {
  const rows = Math.ceil(total / columns);
  const within = (row: number, least: number, most: number) => Math.min(most, Math.max(least, row));
  const first = within(Math.floor(-top / rowHeight) - SPARE_ROWS, 0, Math.max(0, rows - 1));
  const end = within(Math.ceil((screenHeight - top) / rowHeight) + SPARE_ROWS, Math.min(rows, first + 1), rows);
  return {
    from: first * columns,
    to: Math.min(total, end * columns),
    above: first * rowHeight,
    below: (rows - end) * rowHeight,
  };
}

/** Keeps the window of a list of cards as the page is scrolled and resized, and has what is in it loaded. */
export function useWindow(originals: Originals) {
  const total = originals.total.value ?? 0;
  const list = useRef<HTMLUListElement>(null);
  const shown = useSignal(FIRST);
  const measure = () => {
    const [card] = list.current?.children ?? [];
    const height = card?.getBoundingClientRect().height ?? 0;
    // Without height it is on the other tab.
    const total = originals.total.peek() ?? 0;
    if (!list.current || height === 0 || total === 0) return;
    const { gridTemplateColumns, rowGap } = getComputedStyle(list.current);
    const found = windowOf({
      total,
      columns: gridTemplateColumns.split(" ").length,
      rowHeight: height + Number.parseFloat(rowGap),
      top: list.current.getBoundingClientRect().top,
      screenHeight: innerHeight,
    });
    if (JSON.stringify(found) !== JSON.stringify(shown.value)) shown.value = found;
  };
  useLayoutEffect(measure, [total]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (list.current) observer.observe(list.current);
    const events = ["scroll", "resize"] as const;
    for (const event of events) addEventListener(event, measure, { passive: true });
    return () => {
      observer.disconnect();
      for (const event of events) removeEventListener(event, measure);
    };
  }, []);
  const { from, to, above, below } = shown.value;
  useEffect(() => {
    originals.show(from, to);
  }, [from, to]);
  return { list, from, to: Math.min(to, total), above, below };
}
