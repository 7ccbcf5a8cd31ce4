import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { stackNames } from "@image-resizer/lib/program";

const GITHUB = path.resolve(__dirname, "../../.github");

const Permissions = z.record(z.string(), z.enum(["read", "write", "none"]));
const Steps = z.array(
  z.looseObject({
    if: z.string().optional(),
    uses: z.string().optional(),
    with: z.record(z.string(), z.unknown()).optional(),
  }),
);
const Job = z.looseObject({
  if: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.string().optional(),
  permissions: Permissions.optional(),
  concurrency: z.object({ group: z.string(), "cancel-in-progress": z.unknown() }).optional(),
  uses: z.string().optional(),
  steps: Steps.optional(),
});
const Workflow = z.looseObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: Permissions,
  jobs: z.record(z.string(), Job),
});

const read = (file: string): unknown => parse(readFileSync(path.join(GITHUB, file), "utf8"));
const workflow = (name: string) => Workflow.parse(read(`workflows/${name}.yml`));
const workflows = readdirSync(path.join(GITHUB, "workflows")).map((file) => path.basename(file, ".yml"));
const Action = z.looseObject({ runs: z.looseObject({ steps: Steps }) });
const action = Action.parse(read("actions/pulumi/action.yml"));

/** The jobs that take a role in AWS. */
const awsJobs = workflows.flatMap((name) =>
  Object.entries(workflow(name).jobs)
    .filter(([, { steps = [] }]) => steps.some(({ uses }) => uses === "./.github/actions/pulumi"))
    .map(([id, job]) => ({ id: `${name} ${id}`, job })),
);

describe("the workflows", () => {
  it("are checks, a preview and a deployment", () => {
    assert.deepEqual(workflows.sort(), ["ci", "deploy", "preview"]);
    assert.deepEqual(awsJobs.map(({ id }) => id).sort(), ["deploy dev", "deploy prod", "preview preview"]);
  });

  it("may read the code and nothing else, but for the jobs that take a role", () => {
    for (const name of workflows) assert.deepEqual(workflow(name).permissions, { contents: "read" }, name);
    const others = workflows.flatMap((name) => Object.values(workflow(name).jobs)).filter((job) => job.permissions);
    assert.equal(others.length, awsJobs.length);
    for (const { id, job } of awsJobs) {
      const more = id === "preview preview" ? { "pull-requests": "write" } : {};
      assert.deepEqual(job.permissions, { contents: "read", "id-token": "write", ...more }, id);
    }
  });

  it("have no keys of AWS's: credentials come by OIDC only", () => {
    const files = [...workflows.map((name) => `workflows/${name}.yml`), "actions/pulumi/action.yml"];
    for (const file of files) {
      const text = readFileSync(path.join(GITHUB, file), "utf8");
      assert.doesNotMatch(
        text,
        /AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID|aws-access-key-id|aws-secret-access-key/i,
        file,
      );
      const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret);
      assert.deepEqual(
        [...new Set(secrets)].filter((secret) => secret !== "PULUMI_CONFIG_PASSPHRASE"),
        [],
        file,
      );
    }
    const credentials = action.runs.steps.find(({ uses }) =>
      uses?.startsWith("aws-actions/configure-aws-credentials@"),
    );
    assert.equal(credentials?.with?.["role-to-assume"], "${{ inputs.role }}");
  });

  it("pin every action to a commit, and Pulumi's CLI to the version of the README", () => {
    const steps = workflows.flatMap((name) => Object.values(workflow(name).jobs).flatMap((job) => job.steps ?? []));
    const used = [...steps, ...action.runs.steps].flatMap(({ uses }) => uses ?? []);
    assert.ok(used.length > 8);
    for (const uses of used) assert.match(uses, /^(\.\/\.github\/actions\/pulumi|[\w-]+\/[\w-]+@[0-9a-f]{40})$/);

    const readme = readFileSync(path.join(GITHUB, "../README.md"), "utf8");
    const pulumi = action.runs.steps.find(({ uses }) => uses?.startsWith("pulumi/actions@"));
    assert.equal(pulumi?.with?.["pulumi-version"], /npx pulumi@([0-9.]+)/.exec(readme)?.[1]);
    assert.equal(pulumi?.with?.policyPacks, "policy");
  });

  it("deploy what is merged and has passed, dev before prod, prod when its environment's reviewers say so", () => {
    const { on, jobs } = workflow("deploy");
    assert.deepEqual(on, { push: { branches: ["main"] } });
    assert.deepEqual(Object.keys(workflow("ci").on), ["pull_request", "workflow_call"]);
    assert.equal(jobs.ci?.uses, "./.github/workflows/ci.yml");
    assert.deepEqual([jobs.dev?.needs, jobs.prod?.needs], ["ci", "dev"]);
    for (const stack of stackNames()) {
      const job = jobs[stack];
      assert.equal(job?.environment, stack);
      assert.deepEqual(job.concurrency, { group: `up-${stack}`, "cancel-in-progress": false });
      const [notice, ...deployment] = job.steps ?? [];
      // The condition of a job sees no variables of its environment.
      assert.equal(job.if, undefined);
      assert.equal(notice?.if, "env.PULUMI_BACKEND_URL == ''");
      for (const step of deployment) assert.equal(step.if, "env.PULUMI_BACKEND_URL != ''");
      const step = deployment.at(-1);
      assert.deepEqual([step?.with?.command, step?.with?.stack], ["up", stack]);
    }
  });

  it("preview every stack on pull requests, as a role that is not the deployment's", () => {
    const { on, jobs } = workflow("preview");
    assert.deepEqual(Object.keys(on), ["pull_request"]);
    const step = jobs.preview?.steps?.at(-1);
    assert.deepEqual([step?.with?.command, step?.with?.role], ["preview", "${{ vars.AWS_PREVIEW_ROLE_ARN }}"]);
    const { matrix } = z.object({ matrix: z.object({ stack: z.array(z.string()) }) }).parse(jobs.preview?.strategy);
    assert.deepEqual(matrix.stack.sort(), stackNames().sort());
  });
});
