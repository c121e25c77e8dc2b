/** What the shapes of the stored documents are made of. */

/**
 * Every schema is `strict: "throw"`: a field that is not here is a
 * fault of ours and is refused, never dropped.
 */
export const strict = { strict: "throw", versionKey: false, minimize: false } as const;
export const part = { ...strict, _id: false } as const;

export const text = { type: String };
export const number = { type: Number };
export const flag = { type: Boolean };
export const instant = { type: Date };
