import type { Events } from "../contract";
import { byId, el } from "./dom";
import { GalleryView } from "./gallery-view";
import { Library } from "./library";
import { NumbersView } from "./numbers-view";
import { PermissionsView } from "./permissions-view";
import { PhotographView } from "./photograph-view";
import { RequestsView } from "./requests-view";
import { getOriginal, getStack } from "./server";
import { Stack } from "./stack";
import { TryView } from "./try-view";
import { Upload } from "./upload";

async function main(): Promise<void> {
  const stack = new Stack(await getStack());
  document.title = `${stack.info.stack} · image-resizer`;
  byId("stack-name", HTMLElement).textContent = stack.info.stack;
  byId("endpoints", HTMLElement).replaceChildren(
    ...Object.entries(stack.info.endpoints).flatMap(([name, url]) => [
      el("dt", {}, name),
      el("dd", {}, el("code", {}, url)),
    ]),
  );

  const library = new Library();
  const upload = new Upload();
  const photograph: PhotographView = new PhotographView(stack, library, (key, file) => {
    void upload.put(key, file).then((problem) => {
      if (problem !== undefined) photograph.say(problem);
    });
  });
  const gallery = new GalleryView(stack, library, (original) => {
    photograph.open(original);
  });
  const numbers: NumbersView = new NumbersView(
    (key) => library.bytesOf(key),
    oncePerFrame(() => {
      numbers.render();
    }),
  );
  const requests: RequestsView = new RequestsView(
    stack,
    oncePerFrame(() => {
      requests.render();
    }),
  );
  const tries = new TryView(stack, (url) => {
    requests.show(url);
  });

  numbers.render();
  requests.render();
  listen({
    hop: (hop) => {
      requests.add(hop);
      void numbers.add(hop);
    },
    log: (line) => {
      requests.addLog(line);
    },
    original: ({ key }) => {
      void gallery.update(key).then(async () => {
        photograph.update(await getOriginal(key));
      });
    },
  });
  await Promise.all([gallery.load(), new PermissionsView().load()]);
  tries.offer(gallery.first);
}

/** Hears of the stack's events. The browser connects again by itself, and the stack sends what was missed. */
function listen(handlers: { readonly [Name in keyof Events]: (data: Events[Name]) => void }): void {
  const live = byId("live", HTMLElement);
  const source = new EventSource("/events");
  const say = (text: string, state: string) => {
    live.textContent = text;
    live.dataset.state = state;
  };
  source.addEventListener("open", () => {
    say("live", "on");
  });
  source.addEventListener("error", () => {
    say("the stack does not answer", "off");
  });
  for (const name of ["hop", "log", "original"] as const) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      handlers[name](JSON.parse(event.data) as never);
    });
  }
}

/** Puts work off to the next frame, once for however many ask for it. */
function oncePerFrame(work: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      work();
    });
  };
}

main().catch((error: unknown) => {
  const problem = byId("live", HTMLElement);
  problem.textContent = `The page could not start: ${(error as Error).message}`;
  problem.dataset.state = "off";
});
