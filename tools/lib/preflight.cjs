// Loaded by `npm start` and the tools before their command (`node -r`), so that Node.js runs TypeScript. This file is
// JavaScript without imports, because it also runs where nothing is installed yet.
try {
  require("tsx/cjs");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  process.stderr.write("The packages of this project are not installed: run npm ci first.\n");
  process.exit(1);
}
