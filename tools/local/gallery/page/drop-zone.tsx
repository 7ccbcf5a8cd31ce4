import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { usePage } from "./page-state";

/** The page, on which files can be dropped anywhere. */
export function DropZone({ children }: { children: ComponentChildren }) {
  const { uploads } = usePage();
  const isOver = useSignal(false);
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    isOver.value = true;
  };
  const leave = ({ relatedTarget }: DragEvent) => {
    if (relatedTarget === null) isOver.value = false;
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    isOver.value = false;
    void uploads.add([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <div class={isOver.value ? "page dropping" : "page"} onDragOver={over} onDragLeave={leave} onDrop={drop}>
      {children}
    </div>
  );
}
