import { DropZone } from "./drop-zone";
import { Header } from "./header";
import { ImageDialog } from "./image-dialog";
import { NumbersPanel } from "./numbers-panel";
import { OriginalsPanel } from "./originals-panel";
import { usePage } from "./page-state";
import { Permissions } from "./permissions";
import { Requests } from "./requests";
import { TryForm } from "./try-form";

export function App() {
  const opened = usePage().originals.opened.value;
  return (
    <DropZone>
      <Header />
      <main>
        <NumbersPanel />
        <div class="columns">
          <OriginalsPanel />
          <section id="inspector" class="panel" aria-labelledby="inspector-title">
            <h2 id="inspector-title">Inspector</h2>
            <TryForm />
            <Permissions />
            <Requests />
          </section>
        </div>
      </main>
      {opened && <ImageDialog key={opened.key} original={opened} />}
    </DropZone>
  );
}
