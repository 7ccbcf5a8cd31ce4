import type { Permission } from "../contract";
import { byId, el } from "./dom";
import { getPermissions, setPermission } from "./server";

/** What the policies allow, with a switch for each: what is denied fails from the next request on. */
export class PermissionsView {
  readonly #list = byId("permission-list", HTMLUListElement);
  readonly #resources = byId("permission-resources", HTMLElement);
  readonly #problem = byId("permission-problem", HTMLElement);

  async load(): Promise<void> {
    this.#render(await getPermissions());
  }

  #render(permissions: readonly Permission[]): void {
    this.#list.replaceChildren(...permissions.map((permission) => this.#item(permission)));
    this.#resources.replaceChildren(
      ...permissions.flatMap(({ id, resources }) => [
        el("dt", {}, id),
        ...resources.map((resource) => el("dd", {}, el("code", {}, resource))),
      ]),
    );
  }

  #item({ id, who, action, denied }: Permission): HTMLElement {
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
      el("label", {}, box, el("span", {}, el("b", {}, action), ` for ${who}`)),
    );
  }
}
