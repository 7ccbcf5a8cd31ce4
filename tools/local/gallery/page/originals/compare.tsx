import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Field, Scroll } from "../ui";

/** An image that can be compared. */
export interface Source {
  readonly name: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** Two images over each other, with a line between them that the user moves. */
export function Compare({ sources, initial }: { sources: readonly Source[]; initial: string }) {
  const left = useSignal("original");
  const right = useSignal(initial);
  const cut = useSignal(50);
  const isTrueSize = useSignal(false);
  const view = useRef<HTMLDivElement>(null);
  const find = (name: string) => sources.find((source) => source.name === name);
  const { width = 1, height = 1 } = find(right.value) ?? {};
  const pan = (event: PointerEvent) => {
    if (event.buttons !== 1 || event.pointerType !== "mouse") return;
    view.current?.parentElement?.scrollBy(-event.movementX, -event.movementY);
  };
  return (
    <section class="stack" aria-label="Compare">
      <div class="row controls">
        <Choice label="Left" sources={sources} value={left.value} onChoose={(name) => (left.value = name)} />
        <Choice label="Right" sources={sources} value={right.value} onChoose={(name) => (right.value = name)} />
        <Field label={`${cut.value} % left`} grow>
          <input
            type="range"
            aria-label="Line between the images"
            value={cut}
            onInput={({ currentTarget }) => (cut.value = currentTarget.valueAsNumber)}
          />
        </Field>
        <label class="row small">
          <input
            type="checkbox"
            checked={isTrueSize}
            onChange={({ currentTarget }) => (isTrueSize.value = currentTarget.checked)}
          />
          1:1, a pixel of the right one on a pixel of the page
        </label>
      </div>
      <Scroll label="The images, moved by the arrow keys or the mouse">
        <div
          ref={view}
          class="compared"
          style={{
            "--cut": `${cut.value}%`,
            width: isTrueSize.value ? `${width}px` : `min(100%, 70vh * ${width / height})`,
            aspectRatio: `${width} / ${height}`,
          }}
          onPointerMove={pan}
        >
          <img src={find(right.value)?.url} alt={right.value} draggable={false} />
          <img class="left" src={find(left.value)?.url} alt={left.value} draggable={false} />
        </div>
      </Scroll>
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly sources: readonly Source[];
  readonly value: string;
  readonly onChoose: (name: string) => void;
}

function Choice({ label, sources, value, onChoose }: ChoiceProps) {
  return (
    <Field label={label}>
      <select value={value} onInput={({ currentTarget }) => onChoose(currentTarget.value)}>
        {sources.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}
