// A local stack in a process of its own, so that whoever asks it for pictures does not share its event loop.
import { stat } from "node:fs/promises";
import { contentTypeOf } from "@image-resizer/local/s3/originals";
import { UserError } from "@image-resizer/lib/program";
import { type LocalStack, startLocalStack } from "@image-resizer/local/stack";
import type { LinkQuestion, StackAnswer, StackOrder } from "./protocol";

const { config, images } = JSON.parse(process.argv[2] ?? "") as StackOrder;
const starting = startLocalStack({ stack: "prod", config, port: 0, images });

// Ctrl-C reaches every process of the group; the parent decides when this one ends.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => {
  void starting.then((stack) => stack.close()).finally(() => process.exit());
});
process.on("message", (question: LinkQuestion) => {
  starting
    .then((stack) => link(stack, question))
    .then(() => {
      send({ kind: "linked" });
    }, fail);
});
starting.then(({ endpoints, run }) => {
  send({ kind: "started", cdn: endpoints.cdn, sizes: run.outputs.sizes as string[] });
}, fail);

async function link({ storage, bucket }: LocalStack, { file, keys }: LinkQuestion): Promise<void> {
  const stats = await stat(file);
  const objects = storage.objects(bucket);
  for (const key of keys) objects.link(key, file, stats, { "content-type": contentTypeOf(key) ?? "" });
}

function fail(error: unknown): void {
  const mistake = error instanceof UserError;
  const { message, stack = message } = error as Error;
  send({ kind: "failed", reason: mistake ? message : stack, mistake });
}

function send(answer: StackAnswer): void {
  process.send?.(answer);
}
