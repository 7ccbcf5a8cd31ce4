import { PassThrough, type Readable } from "node:stream";
import type { Events } from "./contract";

/** Events kept for pages that connect, or reconnect, later. */
const MAX_HISTORY = 5000;
/** A page that does not read is disconnected when this much waits for it; it reconnects by itself. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** Server-sent events with a history: a page sees what happened before it came, and misses nothing when it reconnects. */
export class EventStream {
  readonly #history: { readonly id: number; readonly text: string }[] = [];
  readonly #clients = new Set<PassThrough>();
  /** Part of each id: those of an earlier run mean nothing here. */
  readonly #run = Date.now().toString(36);
  #lastId = 0;

  send<Name extends Exclude<keyof Events, "run">>(name: Name, data: Events[Name]): void {
    const id = (this.#lastId += 1);
    const text = `id: ${this.#run}-${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#history.push({ id, text });
    if (this.#history.length > MAX_HISTORY) this.#history.shift();
    for (const client of this.#clients) {
      if (client.writableLength > MAX_WAITING_BYTES) client.destroy();
      else client.write(text);
    }
  }

  /** Returns the events that a page has not seen, then every event as it happens. */
  connect(lastEventId: string | undefined): Readable {
    const [run, id] = (lastEventId ?? "").split("-");
    const seen = run === this.#run ? Number(id) : 0;
    const client = new PassThrough();
    client.write(`event: run\ndata: ${JSON.stringify(this.#run)}\n\n`);
    client.write(this.#history.flatMap((event) => (event.id > seen ? [event.text] : [])).join(""));
    this.#clients.add(client);
    client.once("close", () => this.#clients.delete(client));
    return client;
  }
}
