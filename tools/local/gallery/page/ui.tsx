import { useSignal } from "@preact/signals";
import { type ComponentChildren, Fragment } from "preact";

type Labelled = Readonly<{ label: string; children: ComponentChildren }>;

/** A control with its label above it. */
export function Field({ label, children, grow = false }: Labelled & { grow?: boolean }) {
  return (
    <label class={grow ? "field grow" : "field"}>
      <span>{label}</span>
      {children}
    </label>
  );
}

/** A box whose content may be wider than it, which the keyboard scrolls too. */
export function Scroll({ label, children }: Labelled) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** Copies a text, and says whether that worked. */
export function CopyButton({ name, text }: { name: string; text: string }) {
  const result = useSignal("");
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => (result.value = "copied"),
      () => (result.value = "the browser does not allow it"),
    );
  };
  return (
    <span>
      <button type="button" class="small" onClick={copy}>
        {name}
      </button>{" "}
      <small role="status">{result}</small>
    </span>
  );
}

export function StatusChip({ status }: { status: number }) {
  return <span class={`chip status-${Math.floor(status / 100)}`}>{status}</span>;
}

/** Names and values: headers, endpoints, resources. */
export function Facts({ of }: { of: Readonly<Record<string, string>> }) {
  return (
    <dl class="facts">
      {Object.entries(of).map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** A part of a line, in percent of its length. */
export interface Bar {
  readonly from: number;
  readonly width: number;
  readonly colour: string;
  /** Drawn thinner, inside of another. */
  readonly isInner?: boolean;
}

/** Bars on one line. Their values are written beside them. */
export function Bars({ bars }: { bars: readonly Bar[] }) {
  return (
    <span class="bars" aria-hidden="true">
      {bars.map(({ from, width, colour, isInner }, index) => (
        <i
          key={index}
          class={isInner ? "inner" : undefined}
          style={{ left: `${Math.min(99, from)}%`, width: `${width}%`, background: colour }}
        />
      ))}
    </span>
  );
}
