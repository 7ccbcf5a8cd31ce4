import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { z } from "zod";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { parsed } from "../../../policy/lib/values";
import { inputsOf, outputOf, unserved } from "../declared";

/** A message in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
}

/** Retention is of days, which no local stack lives. (SQS API reference, CreateQueue) */
const QueueInputs = z.looseObject({
  ...unserved("fifoQueue", "kmsMasterKeyId", "policy"),
  delaySeconds: z.number().min(0).max(900).default(0),
  visibilityTimeoutSeconds: z.number().min(0).max(43_200).default(30),
  redrivePolicy: z
    .preprocess(
      parsed,
      z.strictObject({
        deadLetterTargetArn: z.string(),
        maxReceiveCount: z.coerce.number().int().min(1).max(1000),
      }),
    )
    .optional(),
});

/**
 * A standard queue of SQS, in memory. It emits `visible` when there are messages to receive that could not be received
 * before, and `dead` with a message that has come back as often as it may.
 */
export class Queue extends EventEmitter<{ visible: []; dead: [Message] }> {
  readonly name: string;
  readonly arn: string;
  readonly declared: z.output<typeof QueueInputs>;
  readonly #visible = new Map<string, Message>();
  readonly #hidden = new Map<string, NodeJS.Timeout>();

  /** @throws UserError for a queue that cannot be served */
  constructor(resource: RegisteredResource) {
    super();
    this.name = outputOf(resource, "name");
    this.arn = outputOf(resource, "arn");
    this.declared = inputsOf(resource, QueueInputs);
  }

  /** Number of messages that could be received now. */
  get waiting(): number {
    return this.#visible.size;
  }

  send(body: string): void {
    const message = { id: randomUUID(), body, sentAt: Date.now(), firstReceivedAt: 0, receiveCount: 0 };
    this.#hide(message, this.declared.delaySeconds);
  }

  /** Adds a message of another queue, as a dead-letter queue does: it stays as old as it is. */
  accept(message: Message): void {
    this.#visible.set(message.id, { ...message, receiveCount: 0 });
    this.emit("visible");
  }

  /** Returns up to so many messages, hidden from now on for the visibility timeout unless they are deleted. */
  receive(most: number): Message[] {
    return [...this.#visible.values()].slice(0, most).map((before) => {
      const message = {
        ...before,
        firstReceivedAt: before.firstReceivedAt || Date.now(),
        receiveCount: before.receiveCount + 1,
      };
      this.#visible.delete(message.id);
      this.#hide(message, this.declared.visibilityTimeoutSeconds);
      return message;
    });
  }

  /** Deletes a message that was received. */
  delete({ id }: Message): void {
    clearTimeout(this.#hidden.get(id));
    this.#hidden.delete(id);
  }

  /** Removes every message. */
  close(): void {
    for (const timer of this.#hidden.values()) clearTimeout(timer);
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
    this.#hidden.set(message.id, timer.unref());
  }

  #show(message: Message): void {
    const { redrivePolicy } = this.declared;
    if (redrivePolicy && message.receiveCount >= redrivePolicy.maxReceiveCount) {
      this.emit("dead", message);
      return;
    }
    this.#visible.set(message.id, message);
    this.emit("visible");
  }
}
