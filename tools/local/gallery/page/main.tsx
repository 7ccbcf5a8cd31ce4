import "./base.css";
import "./page.css";
import { type Signal, useSignal } from "@preact/signals";
import { options, render } from "preact";
import { NumbersPanel } from "./inspector/numbers-panel";
import { Permissions } from "./inspector/permissions";
import { Requests } from "./inspector/requests";
import { TryForm } from "./inspector/try-form";
import { ImageDialog } from "./originals/image-dialog";
import { OriginalsPanel } from "./originals/originals-panel";
import { droppedFiles } from "./originals/uploads";
import { getStack } from "./server";
import { PageContext, PageState, usePage } from "./state";
import { CopyButton } from "./ui";

const CONNECTIONS = { connecting: "connecting …", live: "live", lost: "the stack does not answer" };

/** The page, on which files can be dropped anywhere. */
function App() {
  const { address, uploads } = usePage();
  const image = address.image.value;
  const isOver = useSignal(false);
  const tab = useSignal<Tab>("originals");
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
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then((files) => uploads.add(files));
  };
  return (
    <div class={isOver.value ? "page dropping" : "page"} onDragOver={over} onDragLeave={leave} onDrop={drop}>
      <Header tab={tab} />
      <main data-tab={tab.value}>
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
      {image !== undefined && <ImageDialog name={image} />}
    </div>
  );
}

/** The column that is shown where there is room for one. */
type Tab = "originals" | "inspector";
const TABS: Readonly<Record<Tab, string>> = { originals: "Originals", inspector: "Inspector" };

function Header({ tab }: { tab: Signal<Tab> }) {
  const { stack, connection } = usePage();
  const show = (name: Tab) => {
    tab.value = name;
    scrollTo(0, 0);
  };
  return (
    <header class="top row">
      <h1>
        image-resizer <small>stack {stack.info.stack}</small>
      </h1>
      <nav class="tabs row" aria-label="Parts of this page">
        {Object.entries(TABS).map(([name, title]) => (
          <button key={name} class="small" aria-pressed={tab.value === name} onClick={() => show(name as Tab)}>
            {title}
          </button>
        ))}
      </nav>
      <p class={`connection ${connection.value}`} role="status">
        {CONNECTIONS[connection.value]}
      </p>
      <details class="endpoints">
        <summary>Endpoints and keys</summary>
        <Endpoints />
      </details>
    </header>
  );
}

/** The endpoints and keys that other clients need. */
function Endpoints() {
  const { endpoints, bucket, region, accessKey } = usePage().stack.info;
  const { accessKeyId, secretAccessKey } = accessKey;
  const keys = `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${region}`;
  const values = {
    ...endpoints,
    bucket,
    "access key": accessKeyId,
    "secret key": secretAccessKey,
    "AWS CLI": `${keys} aws --endpoint-url ${endpoints.s3 ?? ""} s3 ls s3://${bucket}`,
  };
  return (
    <ul>
      {Object.entries(values).map(([name, value]) => (
        <li key={name} class="row">
          <small>{name}</small> <code>{value}</code> <CopyButton name={`Copy ${name}`} text={value} />
        </li>
      ))}
    </ul>
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
