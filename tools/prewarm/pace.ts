/** Time as a pace and an attempt need it: the clock, in milliseconds, and how to wait. */
export interface Time {
  now(): number;
  /** Resolves after so many milliseconds, or at once where the run is being stopped. */
  wait(ms: number): Promise<void>;
}

/** Answers to requests sent before it slowed down say nothing about the new pace: for so long they are not heard. */
const SETTLE_MS = 500;
const SLOWER = 1.5;
/** What one answer is worth: about 200 undo one slowing down. */
const FASTER = 0.998;
/** The share of the newest interval in the average of them. */
const SMOOTHING = 0.1;
const LEAST_GAP_MS = 0.5;

/**
 * How fast requests are sent: at will, until the stack says that it is too busy; then with a gap between them that grows
 * at each further complaint, and shrinks with every variant it gives.
 */
export class Pace {
  #gapMs = 0;
  #nextAt = 0;
  #lastAt: number | undefined;
  #meanIntervalMs = 0;
  #deafUntil = 0;

  constructor(private readonly time: Time) {}

  /** Milliseconds between two requests; 0 for none in particular. */
  get gapMs(): number {
    return this.#gapMs;
  }

  /** Resolves when the next request may be sent. */
  async turn(): Promise<void> {
    const now = this.time.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#gapMs;
    if (this.#lastAt !== undefined) this.#meanIntervalMs += SMOOTHING * (at - this.#lastAt - this.#meanIntervalMs);
    this.#lastAt = at;
    if (at > now) await this.time.wait(at - now);
  }

  /** The stack is too busy. Nothing is sent for as long as it asks for. */
  slowDown(retryAfterMs: number): void {
    const now = this.time.now();
    this.#nextAt = Math.max(this.#nextAt, now + retryAfterMs);
    if (now < this.#deafUntil) return;
    this.#deafUntil = now + SETTLE_MS;
    this.#gapMs = Math.max(this.#gapMs, this.#meanIntervalMs, LEAST_GAP_MS) * SLOWER;
  }

  /** The stack has given a variant. */
  speedUp(): void {
    this.#gapMs = this.#gapMs < LEAST_GAP_MS ? 0 : this.#gapMs * FASTER;
  }
}
