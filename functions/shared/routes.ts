/** End of the route on which CloudFront itself asks for a variant, and gets it rather than a redirect. */
export const KEY_ROUTE = "/{key+}";
