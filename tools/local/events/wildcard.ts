/**
 * A wildcard of an event pattern: `*` is any number of characters, `/` among them; a backslash before `*` or a backslash
 * makes it a plain character. (EventBridge user guide, "Comparison operators", wildcard)
 * @param wrong makes the error for what EventBridge refuses
 */
export function wildcardExpression(wildcard: string, wrong: (problem: string) => Error): RegExp {
  let source = "";
  for (let index = 0; index < wildcard.length; index++) {
    const character = wildcard.charAt(index);
    const next = wildcard.charAt(index + 1);
    if (character === "*") {
      if (next === "*") throw wrong("has two * in a row");
      source += ".*";
    } else if (character === "\\") {
      if (next !== "*" && next !== "\\") throw wrong("has a backslash before something other than * and a backslash");
      source += `\\${next}`;
      index++;
    } else {
      source += character.replace(/[.+?^${}()|[\]]/, "\\$&");
    }
  }
  return new RegExp(`^${source}$`, "s");
}
