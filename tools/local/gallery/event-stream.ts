import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import type { Events } from "./contract";

/** Events kept for whoever comes, or comes back, later. */
const MAX_HISTORY = 5000;
/** A page that does not read is let go when this much waits for it; it asks again by itself. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

interface Event {
  readonly id: number;
  readonly text: string;
}

/** Server-sent events with a history: a page sees what happened before it came, and misses nothing when it reconnects. */
export class EventStream {
  readonly #history: Event[] = [];
  readonly #clients = new Set<PassThrough>();
  /** Of this start of the stack: ids of another one mean nothing here. */
  readonly #run = Date.now().toString(36);
  #lastId = 0;

  send<Name extends keyof Events>(name: Name, data: Events[Name]): void {
    const id = (this.#lastId += 1);
    const text = `id: ${this.#run}-${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#history.push({ id, text });
    if (this.#history.length > MAX_HISTORY) this.#history.shift();
    for (const client of this.#clients) {
      if (client.writableLength > MAX_WAITING_BYTES) client.destroy();
      else client.write(text);
    }
  }

  /** Answers with the history, or what of it the page has not seen, and then with every event as it comes. */
  connect(message: IncomingMessage): Readable {
    const [run, id] = (message.headers["last-event-id"]?.toString() ?? "").split("-");
    const seen = run === this.#run ? Number(id) : 0;
    const client = new PassThrough();
    client.write(this.#history.flatMap((event) => (event.id > seen ? [event.text] : [])).join("") || ":\n\n");
    this.#clients.add(client);
    client.once("close", () => this.#clients.delete(client));
    return client;
  }
}
