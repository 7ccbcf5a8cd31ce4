// Loaded by `npm start` and the tools before their command (`node -r`), so that Node.js runs TypeScript. This file is
// JavaScript that imports Node's modules alone, because it also runs where nothing is installed yet.
const Module = require("node:module");

const PACKAGES = /[\\/]node_modules[\\/]/;
const resolve = Module._resolveFilename;
const loadJs = Module._extensions[".js"];
// The lock file has the version of the AWS SDK, which warns that later ones need a newer Node.js.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
// From Node 22.8 on.
Module.enableCompileCache?.();

try {
  require("tsx/cjs");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  process.stderr.write("The packages of this project are not installed: run npm ci first.\n");
  process.exit(1);
}

// Packages are JavaScript already: tsx would read, and Node.js would map, thousands of files for nothing.
const resolveWithTsx = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  return (PACKAGES.test(parent?.filename) ? resolve : resolveWithTsx).call(this, request, parent, ...rest);
};
const loadJsWithTsx = Module._extensions[".js"];
Module._extensions[".js"] = (module, file) => {
  if (!PACKAGES.test(file)) return loadJsWithTsx(module, file);
  process.setSourceMapsEnabled(false);
  try {
    return loadJs(module, file);
  } finally {
    process.setSourceMapsEnabled(true);
  }
};
