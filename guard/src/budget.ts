/** What a piece of work was let in with. It may be given back more than once; only the first counts. */
export interface Reservation {
  admitted: true
  bytes: number
  release(): void
}

/** `too-large`: it would not fit if nothing else ran. */
export interface Refusal {
  admitted: false
  reason: 'pressure' | 'too-large' | 'leaving'
}

/** Bytes that were promised to work which has begun. */
export interface Budget {
  /**
   * Takes in a look.
   *
   * @param freeBytes what is left below the ceiling
   */
  see(freeBytes: number, ceilingBytes: number): void
  reserve(bytes: number): Reservation | Refusal
  reservedBytes(): number
  inFlight(): number
  /** What could be promised now. */
  roomBytes(): number
}

/**
 * Promised bytes appear in the usage sooner or later, and must not be counted twice. So what stands apart from them is followed:
 * at least the usage without all that is promised, exactly the usage when nothing is.
 */
export function createBudget(): Budget {
  let usedBytes = 0
  let ceilingBytes = 0
  let baseBytes = 0
  let reserved = 0
  let inFlight = 0
  /** Below zero, more is in use than may be: then not even work of no size is let in. */
  const spareBytes = (): number => ceilingBytes - Math.max(usedBytes, baseBytes + reserved)
  return {
    see(freeBytes, ceiling) {
      usedBytes = ceiling - freeBytes
      ceilingBytes = ceiling
      baseBytes = inFlight === 0 ? usedBytes : Math.max(baseBytes, usedBytes - reserved)
    },
    reserve(bytes) {
      if (bytes > ceilingBytes) return { admitted: false, reason: 'too-large' }
      if (bytes > spareBytes()) return { admitted: false, reason: 'pressure' }
      reserved += bytes
      inFlight += 1
      let isHeld = true
      return {
        admitted: true,
        bytes,
        release() {
          if (!isHeld) return
          isHeld = false
          reserved -= bytes
          inFlight -= 1
        },
      }
    },
    reservedBytes: () => reserved,
    inFlight: () => inFlight,
    roomBytes: () => Math.max(0, spareBytes()),
  }
}
