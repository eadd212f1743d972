/** One question's answer without the question's own name. */
export type Reply = { ok: true; text: string; truncated: boolean } | { ok: false; why: string }
