import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Permission } from "../../contract";
import { getPermissions, setPermission } from "../server";
import { Facts } from "../ui";

/** The permissions of the policies, with a switch for each: what is denied fails from the next request on. */
export function Permissions() {
  const permissions = useSignal<readonly Permission[]>([]);
  const problem = useSignal("");
  const show = async (answer: Promise<readonly Permission[]>) => {
    try {
      permissions.value = await answer;
      problem.value = "";
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  useEffect(() => void show(getPermissions()), []);
  return (
    <section id="permissions" class="stack" aria-labelledby="permissions-title">
      <h3 id="permissions-title">Permissions</h3>
      <p class="note">
        Switch one off and the next request fails as it would on AWS. The CDN still serves what it has in its cache.
      </p>
      <p class="error" role="alert">
        {problem.value}
      </p>
      <ul class="row">
        {permissions.value.map(({ id, who, action, denied }) => (
          <li key={id}>
            <label class={denied ? "row small switch denied" : "row small switch"}>
              <input
                type="checkbox"
                role="switch"
                checked={!denied}
                onChange={({ currentTarget }) => void show(setPermission(id, !currentTarget.checked))}
              />
              <span>
                <b>{action}</b> for {who}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <details>
        <summary class="note">On which resources</summary>
        <Facts of={Object.fromEntries(permissions.value.map(({ id, resources }) => [id, resources.join("\n")]))} />
      </details>
    </section>
  );
}
