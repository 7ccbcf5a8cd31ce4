import type { Permission } from "../contract";
import { byId, el } from "./dom";
import { getPermissions, setPermission } from "./server";

/** What the policies allow, with a switch for each: what is denied fails from the next request on. */
export class PermissionsView {
  readonly #list = byId("permission-list", HTMLUListElement);
  readonly #problem = byId("permission-problem", HTMLElement);

  async load(): Promise<void> {
    this.#render(await getPermissions());
  }

  #render(permissions: readonly Permission[]): void {
    this.#list.replaceChildren(...permissions.map((permission) => this.#item(permission)));
  }

  #item({ id, who, action, resources, denied }: Permission): HTMLElement {
    const box = el("input", { type: "checkbox", role: "switch", checked: !denied });
    box.addEventListener("change", () => {
      setPermission(id, !box.checked).then(
        (permissions) => {
          this.#problem.textContent = "";
          this.#render(permissions);
          // The list was made anew: the focus stays on the same switch.
          const again = [...this.#list.querySelectorAll("li")].find((item) => item.dataset.id === id);
          again?.querySelector("input")?.focus();
        },
        (error: unknown) => {
          box.checked = !denied;
          this.#problem.textContent = (error as Error).message;
        },
      );
    });
    return el(
      "li",
      { "data-id": id, class: denied ? "denied" : "allowed" },
      el(
        "label",
        {},
        box,
        el("span", { class: "permission" }, el("b", {}, action), ` for ${who}`),
        el("span", { class: `chip ${denied ? "status-4" : "status-2"}` }, denied ? "denied" : "allowed"),
      ),
      el(
        "details",
        {},
        el("summary", {}, `on ${resources.length === 1 ? "one resource" : `${resources.length} resources`}`),
        el("ul", { class: "resources" }, ...resources.map((resource) => el("li", {}, el("code", {}, resource)))),
      ),
    );
  }
}
