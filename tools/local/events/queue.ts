import { createHash, randomBytes, randomUUID } from "node:crypto";

/** A queue as the program declares it. */
export interface DeclaredQueue {
  readonly name: string;
  readonly arn: string;
  readonly delayS: number;
  readonly visibilityTimeoutS: number;
  /** Dead-letter queue of messages that were received so often and came back. */
  readonly redrive?: { readonly targetArn: string; readonly maxReceiveCount: number };
}

/** A message in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  /** Handle of the last receipt. */
  readonly receiptHandle: string;
}

export interface QueueListener {
  /** Called when there are messages to receive that could not be received before. */
  readonly visible?: () => void;
  /** Called when a message has come back as often as it may, and goes to the dead-letter queue. */
  readonly dead?: (message: Message) => void;
}

/** A standard queue of SQS, in memory. */
export class Queue {
  readonly declared: DeclaredQueue;
  readonly #listeners = new Set<QueueListener>();
  readonly #visible = new Map<string, Message>();
  readonly #hidden = new Map<string, { readonly message: Message; readonly timer: NodeJS.Timeout }>();

  constructor(declared: DeclaredQueue) {
    this.declared = declared;
  }

  listen(listener: QueueListener): void {
    this.#listeners.add(listener);
  }

  /** Number of messages that could be received now. */
  get waiting(): number {
    return this.#visible.size;
  }

  send(body: string): void {
    const message = {
      id: randomUUID(),
      body,
      md5OfBody: createHash("md5").update(body).digest("hex"),
      sentAt: Date.now(),
      firstReceivedAt: 0,
      receiveCount: 0,
      receiptHandle: "",
    };
    this.#hide(message, this.declared.delayS);
  }

  /** Adds a message of another queue, as a dead-letter queue does: it stays as old as it is. */
  accept(message: Message): void {
    this.#appear({ ...message, receiveCount: 0 });
  }

  /** Returns up to so many messages, hidden from now on for the visibility timeout unless they are deleted. */
  receive(most: number): Message[] {
    return [...this.#visible.values()].slice(0, most).map((before) => {
      const message = {
        ...before,
        firstReceivedAt: before.firstReceivedAt || Date.now(),
        receiveCount: before.receiveCount + 1,
        receiptHandle: randomBytes(48).toString("base64"),
      };
      this.#visible.delete(message.id);
      this.#hide(message, this.declared.visibilityTimeoutS);
      return message;
    });
  }

  /** Does nothing for a message that has been received again since. */
  delete({ id, receiptHandle }: Pick<Message, "id" | "receiptHandle">): void {
    const hidden = this.#hidden.get(id);
    if (hidden?.message.receiptHandle !== receiptHandle) return;
    clearTimeout(hidden.timer);
    this.#hidden.delete(id);
  }

  /** Removes every message. */
  close(): void {
    for (const { timer } of this.#hidden.values()) clearTimeout(timer);
    this.#hidden.clear();
    this.#visible.clear();
  }

  #hide(message: Message, seconds: number): void {
    if (seconds === 0) {
      this.#show(message);
      return;
    }
    const timer = setTimeout(() => {
      this.#hidden.delete(message.id);
      this.#show(message);
    }, seconds * 1000);
    this.#hidden.set(message.id, { message, timer: timer.unref() });
  }

  #show(message: Message): void {
    const { redrive } = this.declared;
    if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
      for (const listener of this.#listeners) listener.dead?.(message);
      return;
    }
    this.#appear(message);
  }

  #appear(message: Message): void {
    this.#visible.set(message.id, message);
    for (const listener of this.#listeners) listener.visible?.();
  }
}
