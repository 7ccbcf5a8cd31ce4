import { createHash, randomBytes, randomUUID } from "node:crypto";

/** A queue as the program declares it; times in seconds. */
export interface DeclaredQueue {
  readonly name: string;
  readonly arn: string;
  readonly delay: number;
  readonly visibilityTimeout: number;
  readonly retention: number;
  /** Where messages go that were received so often and came back. */
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
  /** Of the last time that it was received. */
  readonly receiptHandle: string;
}

/** What a queue tells of itself. */
export interface QueueListener {
  /** There are messages to be received that could not be before. */
  readonly visible?: () => void;
  /** A message has come back as often as it may, and goes to the dead-letter queue. */
  readonly givenUp?: (message: Message, targetArn: string) => void;
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

  /** How many messages could be received now. */
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
    this.#hide(message, this.declared.delay);
  }

  /** Takes a message of another queue over, as a dead-letter queue does: it stays as old as it is. */
  accept(message: Message): void {
    this.#appear({ ...message, receiveCount: 0 });
  }

  /** Up to so many messages, hidden from now on for the visibility timeout unless they are deleted. */
  receive(most: number): Message[] {
    const now = Date.now();
    const oldest = now - this.declared.retention * 1000;
    for (const { id, sentAt } of this.#visible.values()) if (sentAt < oldest) this.#visible.delete(id);
    return [...this.#visible.values()].slice(0, most).map((before) => {
      const message = {
        ...before,
        firstReceivedAt: before.firstReceivedAt || now,
        receiveCount: before.receiveCount + 1,
        receiptHandle: randomBytes(48).toString("base64"),
      };
      this.#visible.delete(message.id);
      this.#hide(message, this.declared.visibilityTimeout);
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

  /** Forgets everything. */
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
      for (const listener of this.#listeners) listener.givenUp?.(message, redrive.targetArn);
      return;
    }
    this.#appear(message);
  }

  #appear(message: Message): void {
    this.#visible.set(message.id, message);
    for (const listener of this.#listeners) listener.visible?.();
  }
}
