import { spawn } from "node:child_process";
import path from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as engineServices from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { awsCall } from "@image-resizer/lib/aws-outputs";
import { LOCAL_ACCOUNT_ID, stackConfig } from "@image-resizer/lib/program";

const ROOT = path.resolve(__dirname, "../..");

/** Result of a run of the program in the language runtime. */
export interface RuntimeRun {
  readonly exitCode: number | null;
  /** `type::name` of every resource, in the order of registration. */
  readonly registered: readonly string[];
  /** Output for users: standard output and error, and the engine's log. */
  readonly output: string;
}

/**
 * Previews the program through Pulumi's own Node language runtime, the process that the CLI spawns: it finds the
 * program, compiles it and runs it against an engine, here one that only listens.
 */
export async function previewInRuntime(
  stack: string,
  overrides: Readonly<Record<string, unknown>>,
  { typeCheck }: { readonly typeCheck: boolean },
): Promise<RuntimeRun> {
  const { project, config } = stackConfig(stack, overrides);
  const region = config["aws:region"] ?? "us-east-1";
  const registered: string[] = [];
  const output: string[] = [];
  const server = new Server();

  server.addService(resourceServices.ResourceMonitorService, {
    ...unimplemented(resourceServices.ResourceMonitorService),
    supportsFeature: answer((request: resourceProto.SupportsFeatureRequest) => {
      const response = new resourceProto.SupportsFeatureResponse();
      response.setHassupport(request.getId() === "secrets");
      return response;
    }),
    invoke: answer((request: resourceProto.ResourceInvokeRequest) => {
      const response = new InvokeResponse();
      const result = awsCall(request.getTok(), { accountId: LOCAL_ACCOUNT_ID, region });
      response.setReturn(Struct.fromJavaScript(result as Record<string, string>));
      return response;
    }),
    registerResource: answer((request: resourceProto.RegisterResourceRequest) => {
      registered.push(`${request.getType()}::${request.getName()}`);
      const response = new resourceProto.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:${stack}::${project}::${request.getType()}::${request.getName()}`);
      response.setObject(request.getObject());
      return response;
    }),
    registerResourceOutputs: answer(() => new Empty()),
    signalAndWaitForShutdown: answer(() => new Empty()),
  });
  server.addService(engineServices.EngineService, {
    ...unimplemented(engineServices.EngineService),
    log: answer((request: engineProto.LogRequest) => {
      output.push(request.getMessage());
      return new Empty();
    }),
    setRootResource: answer(() => new engineProto.SetRootResourceResponse()),
    getRootResource: answer(() => new engineProto.GetRootResourceResponse()),
  });

  const address = `127.0.0.1:${await listen(server)}`;
  try {
    const exitCode = await runRuntime({ address, project, stack, config, typeCheck }, (text) => output.push(text));
    return { exitCode, registered, output: output.join("\n") };
  } finally {
    server.forceShutdown();
  }
}

interface RuntimeArgs {
  readonly address: string;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  /** True to check types as the CLI does by default, which takes most of a run. */
  readonly typeCheck: boolean;
}

function runRuntime(
  { address, project, stack, config, typeCheck }: RuntimeArgs,
  print: (text: string) => void,
): Promise<number | null> {
  const where = ["--monitor", address, "--engine", address, "--project", project, "--stack", stack, "--pwd", ROOT];
  const runtime = spawn(
    process.execPath,
    [require.resolve("@pulumi/pulumi/cmd/run"), ...where, "--dry-run", "--parallel", "8", "."],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        PULUMI_NODEJS_TYPESCRIPT: "true",
        PULUMI_NODEJS_TRANSPILE_ONLY: String(!typeCheck),
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: "[]",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  for (const stream of [runtime.stdout, runtime.stderr]) stream.setEncoding("utf8").on("data", print);
  return new Promise((resolve, reject) => runtime.on("error", reject).on("close", resolve));
}

/** Every call of a service, answered as an engine that is older than the SDK answers what it does not know. */
function unimplemented(service: object): UntypedServiceImplementation {
  const refuse: handleUnaryCall<unknown, unknown> = (_call, done) => {
    done({ code: status.UNIMPLEMENTED });
  };
  return Object.fromEntries(Object.keys(service).map((method) => [method, refuse]));
}

function answer<Request, Response>(respond: (request: Request) => Response): handleUnaryCall<Request, Response> {
  return (call, done) => {
    try {
      done(null, respond(call.request));
    } catch (error) {
      done({ code: status.INTERNAL, details: String(error) });
    }
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
