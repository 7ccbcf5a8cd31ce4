import { VARIANT_TAG } from "../../functions/shared/object-metadata";

/** Days that an overwritten or deleted object can be brought back. */
const OLD_VERSION_DAYS = 30;
/** Days after which the parts of a failed upload are deleted. */
const FAILED_UPLOAD_DAYS = 1;

/** What is left of failed uploads goes, and what has been overwritten or deleted, after a while. */
export function historyRules() {
  return [
    {
      id: "failed-uploads",
      status: "Enabled",
      filter: { prefix: "" },
      abortIncompleteMultipartUpload: { daysAfterInitiation: FAILED_UPLOAD_DAYS },
    },
    {
      id: "old-versions",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: OLD_VERSION_DAYS },
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}

/** Variants go after a while, and are made again when they are asked for. */
export function variantsExpire(days: number) {
  return { id: "variants", status: "Enabled", filter: { tag: { ...VARIANT_TAG } }, expiration: { days } };
}
