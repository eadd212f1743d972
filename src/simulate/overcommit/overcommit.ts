export interface Overcommit {
  /** Limits of all containers; null: it has none. */
  limits: readonly (number | null)[]
  /** Guaranteed shares; null or absent counts as none. */
  requests: readonly (number | null)[]
  hostBytes: number
  /** Set aside for the system itself: kernel, engine, kubelet, daemons. */
  reserveBytes: number
}

export interface OvercommitAnswer {
  /** Sum of the limits that there are. */
  limitBytes: number
  withoutLimit: number
  /** A container without a limit can take all there is, not nothing. */
  unbounded: boolean
  availableBytes: number
  /** Sum of the limits in shares of what is available; null where the sum has no bound, or nothing is available. */
  ratio: number | null
  /** Null where no requests are told. */
  requestBytes: number | null
  requestRatio: number | null
  /** What would be missing if all containers reached their limits at once; 0 where it fits, null where it has no bound. */
  missingBytes: number | null
}

/** Limits and requests against what a machine has for containers: sum ÷ (host − reserve). */
export function overcommit({
  limits,
  requests,
  hostBytes,
  reserveBytes,
}: Overcommit): OvercommitAnswer {
  const limitBytes = sum(limits)
  const requestBytes = requests.length === 0 ? null : sum(requests)
  const withoutLimit = limits.filter((limit) => limit === null).length
  const unbounded = withoutLimit > 0
  const availableBytes = Math.max(0, hostBytes - reserveBytes)
  return {
    limitBytes,
    withoutLimit,
    unbounded,
    availableBytes,
    ratio: unbounded ? null : share(limitBytes, availableBytes),
    requestBytes,
    requestRatio: requestBytes === null ? null : share(requestBytes, availableBytes),
    missingBytes: unbounded ? null : Math.max(0, limitBytes - availableBytes),
  }
}

function sum(sizes: readonly (number | null)[]): number {
  return sizes.reduce<number>((total, bytes) => total + (bytes ?? 0), 0)
}

function share(bytes: number, ofBytes: number): number | null {
  return ofBytes === 0 ? null : bytes / ofBytes
}
