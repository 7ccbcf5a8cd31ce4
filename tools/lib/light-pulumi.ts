// Loads Pulumi's SDK without what it needs only to serialize functions, which is half of its loading time.
import Module, { createRequire } from "node:module";

const SERIALIZERS = ["typescript", "@npmcli/arborist"];

const load = createRequire(require.resolve("@pulumi/pulumi"));
const files = SERIALIZERS.map((name) => load.resolve(name)).filter((file) => !load.cache[file]);
for (const file of files) load.cache[file] = Object.assign(new Module(file), { loaded: true });
load("@pulumi/pulumi");
// Others get the real ones.
for (const file of files) Reflect.deleteProperty(load.cache, file);
