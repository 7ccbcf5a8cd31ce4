/**
 * Ends this process once the answer that the handler is about to return has been sent, and before it can have another
 * request: Lambda's runtime for Node.js sends the answer as the handler's promise is kept, and asks for the next request in a
 * `setImmediate` of its own, which comes after this one (aws-lambda-nodejs-runtime-interface-client, `scheduleNext`). Lambda starts another
 * process for the next request.
 *
 * By a signal, because `process.exit` waits for the threads of native code.
 */
export function endProcess(): void {
  setImmediate(() => process.kill(process.pid, "SIGKILL"));
}
