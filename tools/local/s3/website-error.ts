import type { Reply } from "./object-reply";
import type { AwsError } from "../aws/aws-error";
import { STATUS_CODES } from "node:http";
import type { AmzIds } from "./send-reply";
import { escapeMarkup } from "../aws/xml";

/** The website endpoint's answer to an error: a page, and the error in headers. */
export function websiteError(error: AwsError, ids: AmzIds): Reply {
  const title = `${error.status} ${STATUS_CODES[error.status] ?? ""}`;
  const facts = {
    Code: error.code,
    Message: error.message,
    ...error.details,
    RequestId: ids.requestId,
    HostId: ids.hostId,
  };
  const items = Object.entries(facts).map(([name, value]) => `<li>${name}: ${escapeMarkup(value)}</li>`);
  const body = [
    "<html>",
    `<head><title>${title}</title></head>`,
    "<body>",
    `<h1>${title}</h1>`,
    "<ul>",
    ...items,
    "</ul>",
    "<hr/>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
  return {
    status: error.status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "x-amz-error-code": error.code,
      "x-amz-error-message": error.message,
    },
    body,
    error: error.code,
  };
}
