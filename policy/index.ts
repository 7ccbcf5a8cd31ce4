import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

// Starts a server and never ends: only Pulumi's runner imports this file.
new PolicyPack("image-resizer-policy", {
  description: "No stack with a hole in it gets past a preview",
  provider: "aws",
  policies: [...rules],
});
