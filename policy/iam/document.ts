import { isAbsent, listOf, propertyOf, recordOf, shown, type Json } from "../kit/json";

/** One value of a statement's Principal or NotPrincipal: `{"AWS": "123456789012"}`; a bare `"*"` has the kind `*`. */
export interface Principal {
  readonly kind: string;
  readonly value: string;
}

/** One key of a statement's Condition with its operator. Its values are alternatives. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement of a policy document, with lists where IAM takes one value or a list. Absent elements are undefined. */
export interface Statement {
  /** The statement in a message: by its Sid, or by its place from 1. */
  readonly label: string;
  /** Anything but a Deny: what cannot be read is taken for an Allow. */
  readonly allows: boolean;
  /** As written: IAM does not tell the cases of an action apart. */
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  readonly principals: readonly Principal[] | undefined;
  readonly notPrincipals: readonly Principal[] | undefined;
  readonly conditions: readonly Condition[];
}

/** A policy document as far as it could be read, and what was wrong with it. */
export interface PolicyDocument {
  readonly statements: readonly Statement[];
  readonly problems: readonly string[];
}

/** Whether the document belongs to an identity (and names no principal) or to a resource (and must name one). */
export type DocumentKind = "identity" | "resource";

type Problems = string[];

/**
 * Reads a policy document: JSON text or an object; one statement or a list; values or lists of values. Never throws:
 * what IAM would refuse is listed in `problems`, and what can be read beside it is read.
 */
export function readDocument(value: Json, kind: DocumentKind): PolicyDocument {
  const document = parsed(value);
  const record = recordOf(document);
  if (record === undefined) return { statements: [], problems: [`is ${described(document)}, not a policy document`] };

  const problems: Problems = [];
  const version = record.Version;
  if (!isAbsent(version) && version !== "2012-10-17" && version !== "2008-10-17") {
    problems.push(`has the Version ${shown(version)}, which IAM does not know`);
  }
  const list = listOf(record.Statement);
  if (list.length === 0) problems.push("has no Statement");
  const statements = list.flatMap((item, index) => readStatement(item, index, kind, problems));
  return { statements, problems };
}

function parsed(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function described(value: Json): string {
  if (typeof value === "string") return "text that is not JSON";
  if (Array.isArray(value)) return "a list";
  return value === null ? "null" : `a ${typeof value}`;
}

function readStatement(value: Json, index: number, kind: DocumentKind, problems: Problems): Statement[] {
  const record = recordOf(value);
  if (record === undefined) {
    problems.push(`has ${described(value)} as statement ${index + 1}`);
    return [];
  }
  const sid = record.Sid;
  const label = typeof sid === "string" && sid !== "" ? `statement "${shown(sid)}"` : `statement ${index + 1}`;
  const complain = (what: string): void => {
    problems.push(`${what} in ${label}`);
  };
  if (!isAbsent(sid) && typeof sid !== "string") complain("has a Sid that is not text");
  if (record.Effect !== "Allow" && record.Effect !== "Deny") complain("has an Effect that is neither Allow nor Deny");

  const statement: Statement = {
    label,
    allows: record.Effect !== "Deny",
    actions: readTexts(record, "Action", complain),
    notActions: readTexts(record, "NotAction", complain),
    resources: readTexts(record, "Resource", complain),
    notResources: readTexts(record, "NotResource", complain),
    principals: readPrincipals(record, "Principal", complain),
    notPrincipals: readPrincipals(record, "NotPrincipal", complain),
    conditions: readConditions(record.Condition, complain),
  };
  checkElements(record, kind, complain);
  checkForms(statement, complain);
  return [statement];
}

function checkElements(
  record: Readonly<Record<string, Json>>,
  kind: DocumentKind,
  complain: (what: string) => void,
): void {
  const elements = kind === "resource" ? ["Action", "Resource", "Principal"] : ["Action", "Resource"];
  for (const element of elements) {
    const count = [element, `Not${element}`].filter((name) => !isAbsent(record[name])).length;
    if (count === 0) complain(`has no ${element}`);
    if (count === 2) complain(`has both ${element} and Not${element}`);
  }
  if (kind === "identity" && !(isAbsent(record.Principal) && isAbsent(record.NotPrincipal))) {
    complain("has a Principal, which an identity's policy cannot have,");
  }
}

/** What IAM refuses, and what a name that was undefined when the document was built looks like. */
function checkForms(statement: Statement, complain: (what: string) => void): void {
  for (const action of [...(statement.actions ?? []), ...(statement.notActions ?? [])]) {
    if (action !== "*" && !action.includes(":")) complain(`has the action ${shown(action)}, which names no service,`);
  }
  for (const resource of [...(statement.resources ?? []), ...(statement.notResources ?? [])]) {
    if (!/^(?:arn:|\*)/.test(resource)) complain(`has the resource ${shown(resource)}, which is no ARN,`);
  }
}

function readTexts(
  record: Readonly<Record<string, Json>>,
  element: string,
  complain: (what: string) => void,
): readonly string[] | undefined {
  if (isAbsent(record[element])) return undefined;
  const list = listOf(record[element]);
  const texts = list.filter((item) => typeof item === "string");
  if (texts.length < list.length) complain(`has something other than text in ${element}`);
  if (list.length === 0) complain(`has an empty ${element}`);
  return texts;
}

function readPrincipals(
  record: Readonly<Record<string, Json>>,
  element: string,
  complain: (what: string) => void,
): readonly Principal[] | undefined {
  const value = record[element];
  if (isAbsent(value)) return undefined;
  if (value === "*") return [{ kind: "*", value: "*" }];
  const kinds = recordOf(value);
  if (kinds === undefined) {
    complain(`has a ${element} that is neither "*" nor an object`);
    return [];
  }
  if (Object.keys(kinds).length === 0) complain(`has an empty ${element}`);
  return Object.keys(kinds).flatMap((kind) =>
    (readTexts(kinds, kind, complain) ?? []).map((text) => ({ kind, value: text })),
  );
}

function readConditions(value: Json, complain: (what: string) => void): readonly Condition[] {
  if (isAbsent(value)) return [];
  const operators = recordOf(value);
  if (operators === undefined) {
    complain("has a Condition that is not an object");
    return [];
  }
  return Object.keys(operators).flatMap((operator) => {
    const keys = recordOf(operators[operator]);
    if (keys === undefined) complain(`has a Condition whose ${shown(operator)} is not an object`);
    return Object.keys(keys ?? {}).map((key) => ({
      operator,
      key,
      values: listOf(propertyOf(keys, key)).map((item) => (typeof item === "string" ? item : shown(item))),
    }));
  });
}
