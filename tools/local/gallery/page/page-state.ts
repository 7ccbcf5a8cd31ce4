import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Events, StackInfo } from "../contract";
import { Activity } from "./activity";
import { Originals } from "./originals";
import { Stack } from "./stack";
import { Uploads } from "./uploads";

/** The state of the page that its components share. */
export class PageState {
  readonly stack: Stack;
  readonly originals: Originals;
  readonly activity: Activity;
  readonly uploads = new Uploads();
  readonly connection = signal<"connecting" | "live" | "lost">("connecting");

  constructor(info: StackInfo) {
    this.stack = new Stack(info);
    this.originals = new Originals(this.stack);
    this.activity = new Activity(this.stack, this.originals);
  }

  /** Receives the events of the stack. The browser reconnects by itself, and the stack sends what was missed. */
  listen(): void {
    const source = new EventSource("/events");
    source.addEventListener("open", () => (this.connection.value = "live"));
    source.addEventListener("error", () => (this.connection.value = "lost"));
    const on = <Name extends keyof Events>(name: Name, handle: (data: Events[Name]) => unknown) => {
      source.addEventListener(name, (event: MessageEvent<string>) => handle(JSON.parse(event.data) as Events[Name]));
    };
    on("hop", (hop) => this.activity.add(hop));
    on("log", this.activity.addLog);
    on("original", ({ key }) => this.originals.update(key));
  }
}

export const PageContext = createContext<PageState | undefined>(undefined);

export function usePage(): PageState {
  const page = useContext(PageContext);
  if (!page) throw new Error("the component is outside of the page");
  return page;
}
