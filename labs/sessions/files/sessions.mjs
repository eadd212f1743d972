/**
 * The sessions of the shop. Whoever signs in gets one, of 1 MiB, and every click asks for it.
 *
 * It is called with { folder }: a folder on a disk, which outlives the service. What is asked for may be done at once, or later.
 */
export function createSessions() {
  const sessions = new Map()
  return {
    /** Null: nobody of that name is signed in. */
    get: async (id) => sessions.get(id) ?? null,
    set: async (id, session) => void sessions.set(id, session),
    /** The service has to leave: afterwards the next one takes over. */
    close: async () => undefined,
  }
}
