// Local stacks in a process of their own: the clients' event loop must not be the stacks'.
import { stat } from "node:fs/promises";
import { contentTypeOf } from "@image-resizer/local/s3/originals";
import { type LocalStack, startLocalStack } from "@image-resizer/local/stack";
import type { AllowList } from "../../../functions/variant-key";
import { serveParent } from "../lib/child";

/** First argument of the process, as JSON. */
export interface StackOptions {
  /** Config of each stack. */
  readonly configs: readonly Readonly<Record<string, unknown>>[];
  /** Folder of originals, and the file that the further ones are. */
  readonly images: string;
  readonly file: string;
}

/** Makes the file an original of a stack under many keys. */
export interface LinkQuestion {
  /** Index of its config. */
  readonly stack: number;
  readonly keys: readonly string[];
}

export interface StartedStack {
  readonly cdn: string;
  readonly sizes: readonly string[];
}

async function serveStacks() {
  const { configs, images, file } = JSON.parse(process.argv[2] ?? "") as StackOptions;
  const stacks: LocalStack[] = [];
  // One after the other: a process runs one program at a time.
  for (const config of configs) stacks.push(await startLocalStack({ stack: "prod", config, port: 0, images }));
  return {
    started: stacks.map(({ endpoints: { cdn }, run }) => ({ cdn, sizes: (run.outputs.allowList as AllowList).sizes })),
    answer: async ({ stack, keys }: LinkQuestion) => {
      const stats = await stat(file);
      for (const { storage, bucket } of stacks.slice(stack, stack + 1)) {
        const headers = { "content-type": contentTypeOf(file) ?? "" };
        for (const key of keys) storage.objects(bucket).link(key, file, stats, headers);
      }
    },
    close: async () => {
      for (const stack of stacks) await stack.close();
    },
  };
}

serveParent(serveStacks());
