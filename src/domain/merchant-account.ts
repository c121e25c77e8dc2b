/** Our name of the merchant account that a request means which names none. */
export const DEFAULT_ACCOUNT = "default";
