export { type AllowList, listSpecs, ofStored } from "./allow-list";
export { contentType, type Format, FORMATS, isFormat, type VariantFormat } from "./format";
export { fitsWithin, formatSpec, parseSize, parseSpec, SIZE, type Size, type Spec } from "./spec";
export {
  encodeKey,
  KEY_REFUSAL_STATUS,
  type KeyRefusal,
  MAX_KEY_BYTES,
  parseVariantKey,
  type VariantKey,
  variantKey,
} from "./variant-key";
