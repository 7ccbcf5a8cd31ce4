import path from "node:path";
import { encodeKey, parseSpec, variantKey } from "../../../functions/variant-key";
import type { StackOrder } from "./protocol";
import { type Kind, STATUS } from "./scenarios";
import { StackProcess } from "./stack-process";
import { Viewer, type Wanted } from "./viewer";

/** Listed by no stack that is measured here. */
const UNLISTED = "641w";
const WARM_PHOTOGRAPHS = 8;

/** What can be asked of a stack under load. */
export type Subject = Pick<StackUnderLoad, "cdn" | "sizes" | "supply" | "missing">;

/** A stack under load, and what there is to ask of it. Every photograph in it is the same file. */
export class StackUnderLoad {
  readonly #stack: StackProcess;
  readonly #file: string;
  #originals = 0;
  #refused = 0;

  private constructor(stack: StackProcess, file: string) {
    this.#stack = stack;
    this.#file = file;
  }

  /** @throws UserError for a mistake in what the stack is to be; Error if it cannot be started */
  static async start(order: StackOrder, file: string): Promise<StackUnderLoad> {
    return new StackUnderLoad(await StackProcess.start(order), file);
  }

  get cdn(): string {
    return this.#stack.cdn;
  }

  get sizes(): readonly string[] {
    return this.#stack.sizes;
  }

  /**
   * What is asked for, one after the other, the kinds in the order of the cycle, over and over: until all `misses` are
   * asked for. Every hit is in the CDN's cache when this resolves.
   */
  async supply(cycle: readonly Kind[], misses: number): Promise<() => Wanted | undefined> {
    const warm = cycle.includes("hit") ? await this.#warm() : [];
    const missing = cycle.includes("miss") ? await this.missing(misses) : [];
    let [at, hits, missed] = [0, 0, 0];
    const nextOf: Readonly<Record<Kind, () => Wanted | undefined>> = {
      hit: () => warm[hits++ % warm.length],
      miss: () => missing[missed++],
      refused: () => this.#refusal(),
    };
    return () => nextOf[cycle[at++ % cycle.length] ?? "hit"]();
  }

  /** At least so many variants that nobody has asked for, of photographs of their own; a photograph's sizes in a row. */
  async missing(atLeast: number): Promise<Wanted[]> {
    const count = Math.ceil(atLeast / this.sizes.length);
    const keys = Array.from({ length: count }, () => this.#keyOf(`load-${this.#originals++}`));
    await this.#stack.link({ file: this.#file, keys });
    return keys.flatMap((key) => this.sizes.map((size) => this.#wanted("miss", key, size)));
  }

  end(): Promise<void> {
    return this.#stack.end();
  }

  /** Small, so that what is measured is requests and not bytes. */
  async #warm(): Promise<Wanted[]> {
    const keys = Array.from({ length: WARM_PHOTOGRAPHS }, (_, index) => this.#keyOf(`warm-${index}`));
    await this.#stack.link({ file: this.#file, keys });
    const warm = keys.map((key) => this.#wanted("hit", key, this.sizes[0] ?? ""));
    const viewer = new Viewer();
    for (const wanted of warm) await viewer.view(wanted);
    viewer.close();
    return warm;
  }

  #refusal(): Wanted {
    return this.#wanted("refused", this.#keyOf(`refused-${this.#refused++}`), UNLISTED);
  }

  #keyOf(folder: string): string {
    return `${folder}/${path.basename(this.#file)}`;
  }

  #wanted(kind: Kind, original: string, size: string): Wanted {
    const spec = parseSpec(size);
    if (!spec) throw new Error(`${size} is no size`);
    return { url: `${this.cdn}/${encodeKey(variantKey(original, spec))}`, status: STATUS[kind] };
  }
}
