// The text that `npm start` prints about a stack that has started.
import { encodeKey } from "../../../functions/variant-key";
import type { Originals } from "../s3/originals";
import type { LocalStack } from "../stack";
import { type Paint, printable } from "./text";

/** Returns the line of `--json`. */
export function jsonLine({ endpoints, bucket, accessKey, run: { outputs } }: LocalStack): string {
  const { accessKeyId, secretAccessKey } = accessKey;
  const { allowList, purgeOnChange } = outputs;
  return JSON.stringify({ ...endpoints, bucket, accessKeyId, secretAccessKey, allowList, purgeOnChange });
}

/** Returns a line for each reason why files are no originals. */
export function leftOut({ skipped, others }: Originals): string[] {
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), file]);
  return [
    ...[...byReason].map(([reason, [file = "", ...more]]) =>
      more.length === 0 ? `left out ${file}: ${reason}` : `left out ${file} and ${more.length} more: ${reason}`,
    ),
    ...(others === 0 ? [] : [`left out ${others} files of other types and links to folders`]),
  ];
}

/** Returns what a person needs: the time, the endpoints, keys, and lines for a shell. */
export function summary(stack: LocalStack, seconds: number, paint: Paint, hasKeys: boolean): string {
  const { endpoints, originals, images, bucket, accessKey, run } = stack;
  const { gallery, ...others } = endpoints;
  const keys = `AWS_ACCESS_KEY_ID=${accessKey.accessKeyId} AWS_SECRET_ACCESS_KEY=${accessKey.secretAccessKey}`;
  return [
    `${paint("green", `ready in ${seconds.toFixed(1)} s`)}  ${originals.count} originals from ${printable(images)}`,
    "",
    ...Object.entries({ gallery, ...others }).map(([name, url]) => `${name.padEnd(7)}  ${paint("cyan", url)}`),
    "",
    ...examples(stack),
    `${keys} AWS_DEFAULT_REGION=${run.region} aws --endpoint-url ${endpoints.s3} s3 ls s3://${bucket}`,
    "",
    paint("dim", hasKeys ? "o opens the gallery, r reloads, q ends it." : "Ctrl-C ends it."),
  ].join("\n");
}

/** Returns shell lines that show the flow: a miss, then a hit, then a size that the stack does not allow. */
function examples({ endpoints: { cdn, website }, storage, bucket, run: { outputs } }: LocalStack): string[] {
  const [key = ""] = storage.objects(bucket).keys();
  // A stack without a list allows every size.
  const [size] = Array.isArray(outputs.sizes) ? outputs.sizes.map(String) : [];
  const slash = key.lastIndexOf("/") + 1;
  // Between single quotes, a shell leaves it alone.
  const url = (spec: string) =>
    `${cdn}/${encodeKey(`${key.slice(0, slash)}${spec}/${key.slice(slash)}`).replaceAll("'", "%27")}`;
  const way = website === undefined ? "200 from the API" : "307 to the API, 301 back to the CDN, 200";
  return [
    `curl -sIL '${url(size ?? "640w")}'   # a miss: ${way}`,
    `curl -sI '${url(size ?? "640w")}'   # a hit`,
    ...(size === undefined ? [] : [`curl -sIL '${url("1x1")}'   # a size that this stack does not allow: 404`]),
  ];
}
