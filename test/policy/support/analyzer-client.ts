import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

export const PACK = path.resolve(__dirname, "../../../policy");

/** A resource as the engine sends it to a policy pack: properties in the engine's own form, unknowns as their markers. */
export interface WireResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The URNs that each property depends on. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges?: readonly string[];
}

/** Result of a rule for a resource, or for the stack if there is no URN. */
export interface Diagnostic {
  readonly policy: string;
  readonly level: Level;
  readonly message: string;
  readonly urn: string;
}

/** A rule of the pack, as the pack describes it. */
export interface RuleInfo {
  readonly name: string;
  readonly description: string;
  readonly level: Level;
  readonly severity: number;
  readonly kind: "resource" | "stack";
  readonly properties: Readonly<Record<string, { readonly default?: unknown }>>;
}

type Level = "advisory" | "mandatory" | "disabled" | "remediate";
const LEVELS: readonly Level[] = ["advisory", "mandatory", "disabled", "remediate"];
const WIRE_LEVELS: Readonly<Record<Level, proto.EnforcementLevel>> = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
  remediate: proto.EnforcementLevel.REMEDIATE,
};

/** Config of a rule in the CLI's `--policy-pack-config` file: a level, or an object with settings. */
export type RuleConfig = Level | { readonly enforcementLevel?: Level; readonly [setting: string]: unknown };

/** The engine's side of a policy pack that Pulumi's own runner has booted. */
export class Analyzer {
  private constructor(
    private readonly runner: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /**
   * Boots the pack as the CLI does: in the pack's folder, with the runner of the SDK that the folder resolves. Without its
   * check of types it boots in a fraction of the time.
   */
  static async boot({ typeCheck = true } = {}): Promise<Analyzer> {
    const runnerScript = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [PACK] });
    // The engine's address comes first; this pack never calls it.
    const runner = spawn(process.execPath, [runnerScript, "127.0.0.1:1", "."], {
      cwd: PACK,
      env: { ...process.env, TS_NODE_TRANSPILE_ONLY: String(!typeCheck) },
    });
    const port = await announcedPort(runner);
    return new Analyzer(runner, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure()));
  }

  /** Process of the runner. */
  get pid(): number {
    return this.runner.pid ?? -1;
  }

  close(): void {
    this.client.close();
    this.runner.kill();
  }

  async name(): Promise<string> {
    const info = await this.info();
    return `${info.getName()}@${info.getVersion()}`;
  }

  async rules(): Promise<RuleInfo[]> {
    return (await this.info()).getPoliciesList().map((rule) => ({
      name: rule.getName(),
      description: rule.getDescription(),
      level: levelOf(rule.getEnforcementlevel()),
      severity: rule.getSeverity(),
      kind: rule.getPolicyType() === proto.PolicyType.POLICY_TYPE_STACK ? "stack" : "resource",
      properties: (rule.getConfigschema()?.getProperties()?.toJavaScript() ?? {}) as RuleInfo["properties"],
    }));
  }

  /**
   * Configures the pack as the engine does before anything else: for every rule its own level and defaults, then what the
   * config file has for `all`, then what it has for the rule.
   */
  async configure(
    config: { readonly all?: Level; readonly [rule: string]: RuleConfig | undefined } = {},
  ): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const rule of await this.rules()) {
      const defaults = Object.entries(rule.properties).map(([name, schema]) => [name, schema.default] as const);
      const own = config[rule.name] ?? {};
      const { enforcementLevel, ...settings } = typeof own === "string" ? { enforcementLevel: own } : own;
      const level = enforcementLevel ?? config.all ?? rule.level;
      const entry = new proto.PolicyConfig();
      entry.setEnforcementlevel(WIRE_LEVELS[level]);
      entry.setProperties(struct({ ...Object.fromEntries(defaults), ...settings }));
      request.getPolicyconfigMap().set(rule.name, entry);
    }
    await unary<Empty>((done) => this.client.configure(request, done));
  }

  /** Sends one resource, as the engine does before it makes it. */
  async analyze(resource: WireResource): Promise<Diagnostic[]> {
    const request = new proto.AnalyzeRequest();
    request.setUrn(resource.urn);
    request.setType(resource.type);
    request.setName(resource.name);
    request.setProperties(struct(resource.properties));
    request.setOptions(optionsOf(resource));
    return diagnostics(await unary((done) => this.client.analyze(request, done)));
  }

  /** Sends a whole stack, as the engine does at the end of a preview or an update. */
  async analyzeStack(resources: readonly WireResource[]): Promise<Diagnostic[]> {
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(
      resources.map((resource) => {
        const message = new proto.AnalyzerResource();
        message.setUrn(resource.urn);
        message.setType(resource.type);
        message.setName(resource.name);
        message.setProperties(struct(resource.properties));
        message.setOptions(optionsOf(resource));
        for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
          const dependencies = new proto.AnalyzerPropertyDependencies();
          dependencies.setUrnsList([...urns]);
          message.getPropertydependenciesMap().set(property, dependencies);
        }
        return message;
      }),
    );
    return diagnostics(await unary((done) => this.client.analyzeStack(request, done)));
  }

  private info(): Promise<proto.AnalyzerInfo> {
    return unary((done) => this.client.getAnalyzerInfo(new Empty(), done));
  }
}

function levelOf(level: proto.EnforcementLevel): Level {
  const found = LEVELS.find((name) => WIRE_LEVELS[name] === level);
  if (found === undefined) throw new Error(`the pack answers the enforcement level ${level}, which is none`);
  return found;
}

/** The runner's first line is the port that the pack listens on. */
function announcedPort(runner: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    runner.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const port = /^(\d+)\s*$/m.exec(output)?.[1];
      if (port !== undefined) resolve(port);
    });
    runner.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    runner.once("error", reject);
    runner.once("exit", (code) => {
      reject(new Error(`the policy pack ended with ${code}: ${output}`));
    });
  });
}

function unary<T>(call: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

function struct(properties: Readonly<Record<string, unknown>>): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function diagnostics(response: proto.AnalyzeResponse): Diagnostic[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    level: levelOf(diagnostic.getEnforcementlevel()),
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
  }));
}

function optionsOf({ ignoreChanges = [] }: WireResource): proto.AnalyzerResourceOptions {
  const options = new proto.AnalyzerResourceOptions();
  options.setIgnorechangesList([...ignoreChanges]);
  return options;
}
