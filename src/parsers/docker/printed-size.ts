const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** A size as the stats commands print it: `600KiB` (docker, binary units) or `233.5kB` (podman, decimal units). Rounded by them. */
export function printedSize(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d+)?)\s?([kKMGT]?i?B)$/.exec(text.trim())
  const unit = match === null ? undefined : UNITS[match[2] ?? '']
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit)
}

/** `600KiB / 64MiB`. Two zeros are printed for a container that is not there any more: then nothing is known. */
export function usageAndLimit(text: string): {
  usageBytes: number | null
  limitBytes: number | null
} {
  const [usage = '', limit = ''] = text.split(' / ')
  const limitBytes = printedSize(limit)
  if (limitBytes === 0 || limitBytes === null) return { usageBytes: null, limitBytes: null }
  return { usageBytes: printedSize(usage), limitBytes }
}
