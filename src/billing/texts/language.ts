/** The two languages that people are told things in. */
export type Language = "en" | "ko";

/** A word or a phrase in both languages. */
export type Phrase = Readonly<Record<Language, string>>;
