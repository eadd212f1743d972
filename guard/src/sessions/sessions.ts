import { GuardError } from '../errors.ts'
import type { MemoryGuard } from '../guard.ts'
import type { SessionBackend } from './backend.ts'
import { createByteLru } from './byte-lru.ts'

export interface SessionSettings {
  /** What sessions may take in this process, in bytes. 0 keeps none, for several processes whose clients change between them. */
  maxBytes: number
  /** How long a session lasts after its last use, where its cookie does not say. */
  ttlMs?: number
  /** Where they outlive the process; without it the oldest are lost when the budget is full. */
  backend?: SessionBackend
  /** Shrinks the budget under pressure, and waits for the last sessions when the process leaves. */
  guard?: MemoryGuard
  /** How long a write to the backend may take before that counts as away; a read may take five times as long. */
  timeoutMs?: number
  /** When a backend that was away is tried again. */
  retryMs?: number
  /** What the names of sessions begin with there. */
  prefix?: string
}

/** Sessions in memory up to a budget, and in a backend beyond it and beyond this process. */
export interface Sessions<S extends object = object> {
  /** Null: there is none, or it has ended. */
  get(id: string): Promise<S | null>
  /** Resolves when the backend has it; while that is away, when it is kept here to be given to it later. */
  set(id: string, session: S): Promise<void>
  destroy(id: string): Promise<void>
  /** Gives the backend what it has not; resolves to the number of those that it would not take. */
  flush(): Promise<number>
  readonly bytes: number
  readonly size: number
  /** Those that the backend has not yet. */
  readonly unsaved: number
}

interface Entry {
  /** Null: it was destroyed. */
  text: Buffer | null
  endsMs: number
  /** The backend has not heard of it. */
  isUnsaved: boolean
  /** On its way to the backend; null: it is not. */
  sending: { answer: Promise<void>; sinceMs: number } | null
}

const DAY_MS = 24 * 60 * 60 * 1_000
/** A write can be made up for later, a read cannot: it is waited for so many times as long. */
const READ_PATIENCE = 5
/** A call without an answer for so many times as long will have none. */
const LOST_AFTER = 10
/** A map's entry, an object, a buffer with its backing store. */
const OVERHEAD_BYTES = 400

export function createSessions<S extends object = object>({
  maxBytes,
  ttlMs = DAY_MS,
  backend,
  guard,
  timeoutMs = 1_000,
  retryMs = 1_000,
  prefix = 'sess:',
}: SessionSettings): Sessions<S> {
  const kept = createByteLru<Entry>(maxBytes, ({ isUnsaved }) => !isUnsaved)
  const unsaved = new Set<Entry>()
  let awaySince: number | null = null
  let retry: NodeJS.Timeout | null = null

  function keep(id: string, entry: Entry): boolean {
    const before = kept.peek(id)
    const size = 2 * id.length + (entry.text?.length ?? 0) + OVERHEAD_BYTES
    if (!kept.set(id, entry, size)) return false
    if (before !== undefined) unsaved.delete(before)
    if (entry.isUnsaved) unsaved.add(entry)
    return true
  }

  /** The backend has a newer one than is kept here. */
  function forget(id: string): void {
    const entry = kept.peek(id)
    if (entry !== undefined) unsaved.delete(entry)
    kept.delete(id)
  }

  async function send(id: string, entry: Entry, to: SessionBackend): Promise<void> {
    const lastsMs = entry.endsMs - Date.now()
    if (entry.text === null || lastsMs <= 0) await to.delete(prefix + id)
    else await to.set(prefix + id, entry.text.toString(), lastsMs)
    awaySince = null
    entry.isUnsaved = false
    unsaved.delete(entry)
  }

  /** What took too long is still in the client's hands: sent anew at each try, it would be there many times. */
  function sent(id: string, entry: Entry, to: SessionBackend): Promise<void> {
    const { sending } = entry
    if (sending !== null && Date.now() - sending.sinceMs < LOST_AFTER * timeoutMs) {
      return sending.answer
    }
    const answer = send(id, entry, to)
    entry.sending = { answer, sinceMs: Date.now() }
    const hasAnswered = (): void => void (entry.sending = null)
    answer.then(hasAnswered, hasAnswered)
    return answer
  }

  /** Gives an entry to the backend; false where that is away. */
  async function save(id: string, entry: Entry, to: SessionBackend): Promise<boolean> {
    try {
      await within(sent(id, entry, to), timeoutMs)
      return true
    } catch {
      awaySince ??= Date.now()
      tryLater()
      return false
    }
  }

  function tryLater(): void {
    if (retry !== null) return
    retry = setTimeout(() => {
      retry = null
      void flush()
    }, retryMs)
    retry.unref()
  }

  async function flush(): Promise<number> {
    if (backend !== undefined) {
      for (const [id, entry] of [...kept.entries()]) {
        if (entry.isUnsaved && !(await save(id, entry, backend))) break
      }
    }
    return unsaved.size
  }

  async function change(id: string, text: Buffer | null, endsMs: number): Promise<void> {
    const entry: Entry = { text, endsMs, isUnsaved: backend !== undefined, sending: null }
    const isKept = keep(id, entry)
    // Whoever is known to be away is not waited for again by each request.
    const isSaved =
      backend !== undefined && (awaySince === null || !isKept) && (await save(id, entry, backend))
    if (isSaved && !isKept) forget(id)
    if (isKept || isSaved) return
    if (backend === undefined && text === null) return
    throw refusal(text?.length ?? 0, maxBytes, backend !== undefined)
  }

  /** Null: it was destroyed, or its time is over. */
  function sessionIn({ text, endsMs }: Entry): S | null {
    return text === null || endsMs <= Date.now() ? null : JSON.parse(text.toString())
  }

  const sessions: Sessions<S> = {
    async get(id) {
      const entry = kept.get(id)
      if (entry !== undefined) return sessionIn(entry)
      if (backend === undefined) return null
      const text = await within(backend.get(prefix + id), READ_PATIENCE * timeoutMs)
      if (text === null) return null
      const found: S = JSON.parse(text)
      // It may have been written or destroyed meanwhile.
      const since = kept.peek(id)
      if (since !== undefined) return sessionIn(since)
      const fresh = { text: bytesOf(text), endsMs: endOf(found, ttlMs) }
      keep(id, { ...fresh, isUnsaved: false, sending: null })
      return found
    },
    set: async (id, session) =>
      await change(id, bytesOf(JSON.stringify(session)), endOf(session, ttlMs)),
    async destroy(id) {
      if (backend === undefined) kept.delete(id)
      // Its end is remembered until the backend knows of it, or it would be there again.
      else await change(id, null, Date.now() + ttlMs)
    },
    flush,
    get bytes() {
      return kept.bytes
    },
    get size() {
      return kept.size
    },
    get unsaved() {
      return unsaved.size
    },
  }
  guard?.onKeep((share) => kept.resize(share * maxBytes))
  guard?.onDrain(async () => void (await flush()))
  return sessions
}

function refusal(bytes: number, maxBytes: number, hasBackend: boolean): GuardError {
  if (bytes + OVERHEAD_BYTES > maxBytes) {
    return new GuardError(
      'session-too-large',
      `a session of ${bytes} bytes does not fit in a budget of ${maxBytes}${hasBackend ? ', and its backend is away' : ': raise maxBytes, or give a backend'}`,
    )
  }
  return new GuardError(
    'sessions-full',
    `the backend of sessions is away, and its budget of ${maxBytes} bytes is full of those that it has not: refuse new ones until it is back`,
  )
}

/** A buffer of its own: a small one would hold the whole block of Node's pool that it was cut from. */
function bytesOf(text: string): Buffer {
  const buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  buffer.write(text)
  return buffer
}

/** The end of a session's cookie, where it has one. */
function endOf(session: object, ttlMs: number): number {
  const cookie = 'cookie' in session ? session.cookie : null
  const expires =
    typeof cookie === 'object' && cookie !== null && 'expires' in cookie ? cookie.expires : null
  const end =
    expires instanceof Date
      ? expires.getTime()
      : typeof expires === 'string'
        ? Date.parse(expires)
        : Number.NaN
  return Number.isNaN(end) ? Date.now() + ttlMs : end
}

/**
 * After an event loop that stood still, timers come before what has arrived meanwhile: an answer that is there already counts.
 */
async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new Error(`no answer within ${ms} ms`))
    timer = setTimeout(() => void setImmediate(giveUp), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
