// `npm run config-docs`: writes the table of docs/configuration.md and the JSON Schema of stack files anew.
import { configDocs, writeDoc } from "./config-docs";

for (const [file, text] of Object.entries(configDocs())) writeDoc(file, text);
