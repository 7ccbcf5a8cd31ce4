import { usePage } from "./page-state";
import { Facts } from "./ui";

const TEXTS = { connecting: "connecting …", live: "live", lost: "the stack does not answer" };

export function Header() {
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
        {TEXTS[connection.value]}
      </p>
      <details class="endpoints">
        <summary>Endpoints</summary>
        <Facts of={stack.info.endpoints} />
      </details>
    </header>
  );
}
