import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Fragment } from "preact";

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

/** A list of values and their texts, or any. */
export function Choice(props: { label: string; value: Signal<string>; options: (readonly [string, string])[] }) {
  const { label, value, options } = props;
  return (
    <Field label={label}>
      <select onInput={({ currentTarget }) => (value.value = currentTarget.value)}>
        {[["", "any"] as const, ...options].map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </Field>
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

export function StatusChip({ status }: { status: number }) {
  return <span class={`chip status-${Math.floor(status / 100)}`}>{status}</span>;
}

/** Names and values: headers, endpoints, resources. */
export function Facts({ of, side }: { of: Readonly<Record<string, string>>; side?: "asked" | "answered" }) {
  return (
    <dl class="facts">
      {Object.entries(of).map(([name, value]) => (
        <Fragment key={name}>
          <dt class={side}>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

export function TableHead({ names }: { names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** A drawing that is 100 wide and 8 high, and stretched over its box. */
export function Stretched(props: { class: string; children: ComponentChildren }) {
  return (
    <svg class={props.class} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      {props.children}
    </svg>
  );
}
