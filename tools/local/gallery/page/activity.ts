import { signal } from "@preact/signals";
import type { Hop, LogLine } from "../contract";
import { type Flow, Flows } from "./flows";
import { count, NO_NUMBERS } from "./numbers";
import type { Originals } from "./originals";
import type { Stack } from "./stack";

/** The requests that the stack reports, and the numbers over them. */
export class Activity {
  readonly flows = signal<readonly Flow[]>([]);
  readonly numbers = signal(NO_NUMBERS);
  /** Ids of the flows whose details are shown. */
  readonly openFlows = signal<ReadonlySet<string>>(new Set());
  readonly #stack: Stack;
  readonly #originals: Originals;
  readonly #flows: Flows;
  /** A request whose flow is opened when it is reported, which may be after its answer. */
  #awaited: { readonly url: string; readonly since: number } | undefined;

  constructor(stack: Stack, originals: Originals) {
    this.#stack = stack;
    this.#originals = originals;
    this.#flows = new Flows((hop) => stack.urlOfHop(hop));
  }

  async add(hop: Hop): Promise<void> {
    this.#flows.add(hop);
    this.#update();
    const [, path = ""] = hop.what.split(" ");
    const original = hop.part === "cdn" && hop.status === 200 ? this.#stack.originalOfPath(path) : undefined;
    const bytes = original === undefined ? undefined : await this.#originals.bytesOf(original);
    this.numbers.value = count(this.numbers.value, hop, bytes);
  }

  readonly addLog = (line: LogLine): void => {
    this.#flows.addLog(line);
    this.#update();
  };

  readonly clear = (): void => {
    this.#flows.clear();
    this.#update();
  };

  setOpen(id: string, isOpen: boolean): void {
    const others = [...this.openFlows.value].filter((one) => one !== id);
    this.openFlows.value = new Set(isOpen ? [...others, id] : others);
  }

  /** Opens the flow that begins with a request to this URL. @param since milliseconds since the epoch */
  openFlow(url: string, since: number): void {
    this.#awaited = { url, since };
    this.#update();
  }

  #update(): void {
    const flows = this.#flows.all;
    this.flows.value = flows;
    if (!this.#awaited) return;
    const { url, since } = this.#awaited;
    const flow = flows.find(({ exchanges }) => {
      const entry = exchanges[0]?.entry;
      return entry && entry.startedAt >= since && this.#stack.urlOfHop(entry) === url;
    });
    if (!flow) return;
    this.#awaited = undefined;
    this.setOpen(flow.id, true);
  }
}
