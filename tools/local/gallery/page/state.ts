import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { StackInfo } from "../contract";
import { Address } from "./address";
import { Activity } from "./inspector/activity";
import { Originals } from "./originals/originals";
import { Uploads } from "./originals/uploads";
import { type Connection, listen } from "./server";
import { Stack } from "./stack";

/** Requests come in many steps; to show each of them would stop the page from scrolling. */
const SHOWN_EVERY_MS = 100;

/** The state of the page that its components share. */
export class PageState {
  readonly stack: Stack;
  readonly originals: Originals;
  readonly activity: Activity;
  readonly uploads: Uploads;
  readonly address = new Address();
  readonly connection = signal<Connection>("connecting");

  constructor(info: StackInfo) {
    this.stack = new Stack(info);
    this.originals = new Originals(this.stack);
    this.uploads = new Uploads(info.maxInputBytes);
    this.activity = new Activity(this.stack.urlOfHop, (show) => setTimeout(show, SHOWN_EVERY_MS));
  }

  /** Loads what the page shows, and keeps it up to date. */
  start(): void {
    const { add, addLog } = this.activity;
    let ofRun: string | undefined;
    const run = (id: string) => {
      // Another run may have other originals, sizes and ports.
      if (ofRun !== undefined && ofRun !== id) location.reload();
      ofRun = id;
    };
    listen({ run, hop: add, log: addLog, original: (event) => void this.originals.update(event) }, this.connection);
    void this.originals.load();
  }
}

export const PageContext = createContext<PageState | undefined>(undefined);

export function usePage(): PageState {
  const page = useContext(PageContext);
  if (!page) throw new Error("the component is outside of the page");
  return page;
}
