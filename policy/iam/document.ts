import { isAbsent, listOf, parsed, propertyOf, recordOf, shown, type Json } from "../lib/values";

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

/** A statement of a policy document, with lists where IAM accepts one value or a list. Absent elements are undefined. */
export interface Statement {
  readonly sid: string | undefined;
  /** Name for messages: by its Sid, or by its place from 1. */
  readonly label: string;
  /** Everything but a Deny: a statement whose Effect cannot be read counts as an Allow. */
  readonly allows: boolean;
  /** As written: IAM ignores the case of an action. */
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  readonly principals: readonly Principal[] | undefined;
  readonly notPrincipals: readonly Principal[] | undefined;
  readonly conditions: readonly Condition[];
}

/** A policy document as far as it can be read, and its problems. */
export interface PolicyDocument {
  readonly statements: readonly Statement[];
  readonly problems: readonly string[];
}

/** Owner of a document: an identity (no principal), a resource, or a role that it lets others assume (no resource). */
export type DocumentKind = "identity" | "resource" | "trust";

type Fields = Readonly<Record<string, Json>>;
type Complain = (problem: string) => void;

const REQUIRED: Readonly<Record<DocumentKind, readonly string[]>> = {
  identity: ["Action", "Resource"],
  resource: ["Action", "Resource", "Principal"],
  trust: ["Action", "Principal"],
};
const DOCUMENT_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = [
  ...["Sid", "Effect", "Condition"],
  ...["Action", "Resource", "Principal"].flatMap((element) => [element, `Not${element}`]),
];

/**
 * Reads a policy document: JSON text or an object; one statement or a list; values or lists of values. Never throws:
 * `problems` lists what IAM would reject, and everything else is read.
 */
export function readDocument(value: Json, kind: DocumentKind): PolicyDocument {
  const document = parsed(value);
  const fields = recordOf(document);
  if (fields === undefined) return { statements: [], problems: [`is ${described(document)}, not a policy document`] };

  const problems: string[] = [];
  const { Version: version } = fields;
  if (!isAbsent(version) && version !== "2012-10-17" && version !== "2008-10-17") {
    problems.push(`has the Version ${shown(version)}, which IAM does not know`);
  }
  const unknown = unknownElement(fields, DOCUMENT_ELEMENTS);
  if (unknown !== undefined) problems.push(unknown);
  const list = listOf(fields.Statement);
  if (list.length === 0) problems.push("has no Statement");
  const statements = list.flatMap((item, index) => readStatement(item, index, kind, problems));
  return { statements, problems };
}

function unknownElement(fields: Fields, known: readonly string[]): string | undefined {
  const element = Object.keys(fields).find((name) => !known.includes(name));
  return element === undefined ? undefined : `has the element ${shown(element)}, which IAM does not know,`;
}

function described(value: Json): string {
  if (typeof value === "string") return "text that is not JSON";
  if (Array.isArray(value)) return "a list";
  return value === null ? "null" : `a ${typeof value}`;
}

function readStatement(value: Json, index: number, kind: DocumentKind, problems: string[]): Statement[] {
  const fields = recordOf(value);
  if (fields === undefined) {
    problems.push(`has ${described(value)} as statement ${index + 1}`);
    return [];
  }
  const { Sid: sid, Effect: effect } = fields;
  const name = typeof sid === "string" && sid !== "" ? sid : undefined;
  const label = name === undefined ? `statement ${index + 1}` : `statement "${shown(name)}"`;
  const complain: Complain = (problem) => {
    problems.push(`${problem} in ${label}`);
  };
  if (!isAbsent(sid) && typeof sid !== "string") complain("has a Sid that is not text");
  if (effect !== "Allow" && effect !== "Deny") complain("has an Effect that is neither Allow nor Deny");

  const statement: Statement = {
    sid: name,
    label,
    allows: effect !== "Deny",
    actions: readTexts(fields, "Action", complain),
    notActions: readTexts(fields, "NotAction", complain),
    resources: readTexts(fields, "Resource", complain),
    notResources: readTexts(fields, "NotResource", complain),
    principals: readPrincipals(fields, "Principal", complain),
    notPrincipals: readPrincipals(fields, "NotPrincipal", complain),
    conditions: readConditions(fields.Condition, complain),
  };
  checkElements(fields, kind, complain);
  checkForms(statement, complain);
  return [statement];
}

function checkElements(fields: Fields, kind: DocumentKind, complain: Complain): void {
  const unknown = unknownElement(fields, STATEMENT_ELEMENTS);
  if (unknown !== undefined) complain(unknown);
  const has = (element: string) => !isAbsent(fields[element]);
  for (const element of REQUIRED[kind]) {
    if (!has(element) && !has(`Not${element}`)) complain(`has no ${element}`);
    if (has(element) && has(`Not${element}`)) complain(`has both ${element} and Not${element}`);
  }
  if (kind === "identity" && (has("Principal") || has("NotPrincipal"))) {
    complain("has a Principal, which an identity's policy cannot have,");
  }
}

/** Finds what IAM rejects, and what a name that was undefined when the document was built looks like. */
function checkForms({ actions, notActions, resources, notResources }: Statement, complain: Complain): void {
  for (const action of [...(actions ?? []), ...(notActions ?? [])]) {
    if (action !== "*" && !action.includes(":")) complain(`has the action ${shown(action)}, which names no service,`);
  }
  for (const resource of [...(resources ?? []), ...(notResources ?? [])]) {
    if (!/^(?:arn:|\*)/.test(resource)) complain(`has the resource ${shown(resource)}, which is no ARN,`);
  }
}

function readTexts(fields: Fields, element: string, complain: Complain): readonly string[] | undefined {
  if (isAbsent(fields[element])) return undefined;
  const list = listOf(fields[element]);
  const texts = list.filter((item) => typeof item === "string");
  if (texts.length < list.length) complain(`has something other than text in ${element}`);
  if (list.length === 0) complain(`has an empty ${element}`);
  return texts;
}

function readPrincipals(fields: Fields, element: string, complain: Complain): readonly Principal[] | undefined {
  const value = fields[element];
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

function readConditions(value: Json, complain: Complain): readonly Condition[] {
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
