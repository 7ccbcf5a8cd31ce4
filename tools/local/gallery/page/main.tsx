import "./base.css";
import { options, render } from "preact";
import { App } from "./app";
import { getStack } from "./server";
import { PageContext, PageState } from "./state";

// A page that connects late receives thousands of events at once: once a frame is enough.
options.debounceRendering = requestAnimationFrame;

async function main(): Promise<void> {
  const page = new PageState(await getStack());
  document.title = `${page.stack.info.stack} · image-resizer`;
  render(
    <PageContext.Provider value={page}>
      <App />
    </PageContext.Provider>,
    document.body,
  );
  page.start();
}

main().catch((error: unknown) => {
  render(<p class="error">The page could not start: {(error as Error).message}</p>, document.body);
});
