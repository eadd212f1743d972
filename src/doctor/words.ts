/** How checks say numbers. */

/** `79.9 %`: cut and not rounded, so that what is below a threshold reads so. */
export function percent(share: number): string {
  return `${Math.floor(share * 1_000 + 1e-9) / 10} %`
}

/** As a command takes it: enough of an id to name one job. */
export function shortId(id: string): string {
  return id.slice(0, 8)
}

/** `8Gi`: a size as a setting takes it, next to what it is now. */
export function settingBytes(bytes: number): string {
  for (const [unit, size] of UNITS) if (bytes % size === 0) return `${bytes / size}${unit}`
  return String(bytes)
}

const UNITS = [
  ['Gi', 1024 ** 3],
  ['Mi', 1024 ** 2],
  ['Ki', 1024],
] as const
