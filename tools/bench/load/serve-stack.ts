// A local stack in a process of its own: the clients' event loop must not be the stack's.
import { stat } from "node:fs/promises";
import { contentTypeOf } from "@image-resizer/local/s3/originals";
import { startLocalStack } from "@image-resizer/local/stack";
import type { AllowList } from "../../../functions/variant-key";
import { serveParent } from "../lib/child";

/** First argument of the process, as JSON. */
export interface StackOptions {
  readonly config: Readonly<Record<string, unknown>>;
  /** Folder of originals. */
  readonly images: string;
}

/** Makes a file an original under many keys. */
export interface LinkQuestion {
  readonly file: string;
  readonly keys: readonly string[];
}

export interface StartedStack {
  readonly cdn: string;
  readonly sizes: readonly string[];
}

async function serveStack() {
  const { config, images } = JSON.parse(process.argv[2] ?? "") as StackOptions;
  const stack = await startLocalStack({ stack: "prod", config, port: 0, images });
  const { endpoints, run, storage, bucket } = stack;
  const { sizes } = run.outputs.allowList as AllowList;
  return {
    started: { cdn: endpoints.cdn, sizes },
    answer: async ({ file, keys }: LinkQuestion) => {
      const stats = await stat(file);
      const objects = storage.objects(bucket);
      for (const key of keys) objects.link(key, file, stats, { "content-type": contentTypeOf(key) ?? "" });
    },
    close: () => stack.close(),
  };
}

serveParent(serveStack());
