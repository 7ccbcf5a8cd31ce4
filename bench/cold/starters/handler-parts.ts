// The handler in MODULE, against S3, with a mark wherever a part of its first variant ends.
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import type { Handler } from "../../../functions/resizer/handler";
import { invoke } from "../../resize/invoke";
import { measure, type Part } from "../measure";

const parts: Part[] = [];

void measure(() => {
  const { handler } = createRequire(__filename)(process.env.MODULE ?? "") as { handler: Handler };
  return async () => {
    const mark = marker();
    let requests = 0;
    subscribe("net.client.socket", (message) => {
      mark("settings, endpoint, signature");
      (message as { socket: Socket }).socket.once("connect", () => {
        mark("connection to S3");
      });
    });
    subscribe("http.client.request.start", (message) => {
      const call = ++requests === 1 ? "GetObject" : "PutObject";
      if (requests > 1) mark("decode, resize, encode");
      (message as { request: ClientRequest }).request.once("response", (response: IncomingMessage) => {
        response.once("end", () => {
          mark(call);
        });
      });
    });
    await invoke(handler, { key: process.env.KEY ?? "", spec: process.env.SPEC ?? "" });
    mark("answer and log");
  };
}, parts);

/** Each call ends the part of that name, which began where the one before ended. */
function marker(): (name: string) => void {
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  return (name) => {
    const used = process.cpuUsage(cpu);
    parts.push({ name, wallMs: performance.now() - wall, cpuMs: (used.user + used.system) / 1000 });
    [wall, cpu] = [performance.now(), process.cpuUsage()];
  };
}
