import "./base.css";
import "./page.css";
import { useSignal } from "@preact/signals";
import { options, render } from "preact";
import { NumbersPanel } from "./inspector/numbers-panel";
import { Permissions } from "./inspector/permissions";
import { Requests } from "./inspector/requests";
import { TryForm } from "./inspector/try-form";
import { ImageDialog } from "./originals/image-dialog";
import { OriginalsPanel } from "./originals/originals-panel";
import { getStack } from "./server";
import { PageContext, PageState, usePage } from "./state";
import { Facts } from "./ui";

const CONNECTIONS = { connecting: "connecting …", live: "live", lost: "the stack does not answer" };

/** The page, on which files can be dropped anywhere. */
function App() {
  const { originals, uploads } = usePage();
  const opened = originals.opened.value;
  const isOver = useSignal(false);
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    isOver.value = true;
  };
  const leave = ({ relatedTarget }: DragEvent) => {
    if (relatedTarget === null) isOver.value = false;
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    isOver.value = false;
    void uploads.add([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <div class={isOver.value ? "page dropping" : "page"} onDragOver={over} onDragLeave={leave} onDrop={drop}>
      <Header />
      <main>
        <NumbersPanel />
        <div class="columns">
          <OriginalsPanel />
          <section id="inspector" class="panel stack" aria-labelledby="inspector-title">
            <h2 id="inspector-title">Inspector</h2>
            <TryForm />
            <Permissions />
            <Requests />
          </section>
        </div>
      </main>
      {opened && <ImageDialog key={opened.key} original={opened} />}
    </div>
  );
}

function Header() {
  const { stack, connection } = usePage();
  return (
    <header class="top row">
      <h1>
        image-resizer <small>stack {stack.info.stack}</small>
      </h1>
      <nav class="row" aria-label="Parts of this page">
        <a href="#originals">Originals</a>
        <a href="#inspector">Inspector</a>
        <a href="#permissions">Permissions</a>
      </nav>
      <p class={`connection ${connection.value}`} role="status">
        {CONNECTIONS[connection.value]}
      </p>
      <details class="endpoints">
        <summary>Endpoints</summary>
        <Facts of={stack.info.endpoints} />
      </details>
    </header>
  );
}

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
