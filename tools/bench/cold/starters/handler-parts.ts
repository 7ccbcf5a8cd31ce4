// The handler in MODULE, against S3, with a mark wherever a part of its first variant ends.
import http, { type ClientRequest } from "node:http";
import { createRequire } from "node:module";
import type { Handler } from "../../../../functions/resizer/handler";
import { invoke } from "../../resize/invoke";
import { measure, type Part } from "../measure";

const parts: Part[] = [];

void measure(() => {
  const { handler } = createRequire(__filename)(process.env.MODULE ?? "") as { handler: Handler };
  return async () => {
    const mark = marker();
    onRequest((request, index) => {
      mark(index === 0 ? "settings, endpoint, signature" : "decode, resize, encode");
      request.once("socket", (socket) => {
        if (!socket.connecting) return;
        socket.once("connect", () => {
          mark("connection to S3");
        });
      });
      request.once("response", (response) => {
        response.once("end", () => {
          mark(index === 0 ? "GetObject" : "PutObject");
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

/** Node's own channel for a request tells of it only when it has been sent. */
function onRequest(tell: (request: ClientRequest, index: number) => void): void {
  let index = 0;
  http.request = new Proxy(http.request, {
    apply(request, self, made: Parameters<typeof http.request>) {
      const one = Reflect.apply(request, self, made);
      tell(one, index++);
      return one;
    },
  });
}
