import { useSignal } from "@preact/signals";
import { encodeKey } from "../../../../../functions/variant-key";
import type { Leg } from "../../contract";
import { formatBytes } from "../../../format-bytes";
import { fileOf, milliseconds } from "../format";
import { IMAGE_ACCEPT, tryPath } from "../server";
import { usePage } from "../state";
import { Facts, Field, Scroll, StatusChip } from "../ui";

const SHOWN_HEADERS = ["location", "cache-control", "x-cache", "age", "content-type", "vary", "retry-after"];

/** Requests any path from the CDN and shows the answer of each request on the way. */
export function TryForm() {
  const { stack, originals, activity } = usePage();
  const sample = originals.loaded.value.get(0);
  const examples = examplesOf(sample?.key ?? "photo.jpg", stack.sizes[0] ?? "640w");
  const typed = useSignal<string | undefined>(undefined);
  const path = typed.value ?? examples["a variant"];
  const asImage = useSignal(false);
  const legs = useSignal<readonly Leg[]>([]);
  const problem = useSignal("");

  const send = async (target: string) => {
    typed.value = target;
    const from = Date.now();
    try {
      legs.value = await tryPath(target, asImage.value ? IMAGE_ACCEPT : "*/*");
      problem.value = "";
      const [first] = legs.value;
      if (first) activity.noteSent({ url: first.url, from, to: Date.now() });
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void send(path);
  };
  return (
    <>
      <form class="row controls" onSubmit={submit}>
        <Field label="Request a path from the CDN" grow>
          <input
            spellcheck={false}
            required
            value={path}
            onInput={(event) => (typed.value = event.currentTarget.value)}
          />
        </Field>
        <button type="submit">Send</button>
        <div class="row whole" role="group" aria-label="Examples">
          {Object.entries(examples).map(([name, example]) => (
            <button key={name} type="button" class="small" onClick={() => void send(encodeKey(example))}>
              {name}
            </button>
          ))}
        </div>
        <label class="row small">
          <input type="checkbox" onChange={(event) => (asImage.value = event.currentTarget.checked)} />
          as an image: with the Accept header of a browser
        </label>
      </form>
      <div class="result" role="region" aria-label="The answer of each hop" aria-live="polite">
        <p class="error">{problem}</p>
        <ol class="stack">
          {legs.value.map((leg) => (
            <LegItem key={leg.url} leg={leg} />
          ))}
        </ol>
      </div>
    </>
  );
}

function LegItem({ leg: { url, status, headers, ms, bytes: count, text } }: { leg: Leg }) {
  const shown = Object.entries(headers).filter(([name]) => SHOWN_HEADERS.includes(name));
  return (
    <li class="panel">
      <p class="row">
        <StatusChip status={status} />
        <code>{url}</code>
        <small>{`${milliseconds(ms)}, ${formatBytes(count)}`}</small>
      </p>
      <Facts of={Object.fromEntries(shown)} />
      {text !== undefined && (
        <Scroll label="The body of the answer">
          <pre>{text}</pre>
        </Scroll>
      )}
    </li>
  );
}

function examplesOf(key: string, size: string) {
  const file = fileOf(key);
  const folder = key.slice(0, -file.length);
  return {
    "a variant": `/${folder}${size}/${file}`,
    "an unlisted size": `/${folder}641x7/${file}`,
    "a chained key": `/${folder}${size}/${size}/${file}`,
    "a missing original": `/${folder}${size}/not-there.jpg`,
    "no size": `/${folder}not-there.jpg`,
  };
}
